// Model bytes → graph → patch → bytes → graph: no patch gives the same bytes; a patch that is accepted gives a file that reads back
// with the change in it and everything else as it was.
#include <cstdlib>
#include <memory>
#include <vector>

#include "base/random.h"
#include "graph/tflite_reader.h"
#include "graph/tflite_writer.h"

namespace {

using namespace whyzero;
using graph::Model;

std::shared_ptr<const Model> read_back(std::vector<uint8_t> bytes) {
  return graph::read_tflite(std::make_shared<const std::vector<uint8_t>>(std::move(bytes))).model;
}

/// The changed model where the patch was accepted; an accepted patch that makes an unreadable file ends the run.
std::shared_ptr<const Model> change(const Model& model, graph::GraphEdit edit) {
  auto bytes = graph::apply_patch(model, {std::move(edit)});
  if (!bytes) {
    if (bytes.error().message.empty()) std::abort();
    return nullptr;
  }
  auto changed = read_back(std::move(*bytes));
  if (!changed || changed->subgraphs.size() != model.subgraphs.size()) std::abort();
  return changed;
}

void check_same_nodes(const Model& a, const Model& b) {
  for (size_t s = 0; s < a.subgraphs.size(); ++s) {
    if (a.subgraphs[s].nodes.size() != b.subgraphs[s].nodes.size()) std::abort();
    for (size_t n = 0; n < a.subgraphs[s].nodes.size(); ++n) {
      const graph::Node &before = a.subgraphs[s].nodes[n], &after = b.subgraphs[s].nodes[n];
      if (before.op_name != after.op_name || before.inputs != after.inputs || before.outputs != after.outputs) std::abort();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto original = std::make_shared<const std::vector<uint8_t>>(data, data + size);
  const auto model = graph::read_tflite(original).model;
  if (!model) return 0;
  auto same = graph::apply_patch(*model, {});
  if (!same || *same != *original) std::abort();

  uint64_t seed = size;
  for (size_t i = 0; i < size; ++i) seed = seed * 31 + data[i];
  Random random(seed);
  const int s = static_cast<int>(random.below(model->subgraphs.size()));
  const graph::Subgraph& graph = model->subgraphs[static_cast<size_t>(s)];

  const std::vector<uint8_t> note = {1, 2, 3};
  if (auto changed = change(*model, graph::SetMetadata{"whyzero.seen", note})) {
    check_same_nodes(*model, *changed);
    bool found = false;
    for (const graph::Metadata& entry : changed->metadata)
      found |= entry.name == "whyzero.seen" && std::vector<uint8_t>(entry.data.begin(), entry.data.end()) == note;
    if (!found) std::abort();
  }
  if (!graph.tensors.empty()) {
    const size_t t = random.below(graph.tensors.size());
    const int tensor = static_cast<int>(t);
    if (auto changed = change(*model, graph::SetQuantization{s, tensor, {0.5f}, {1}, 0})) {
      check_same_nodes(*model, *changed);
      const graph::Quantization& quantization = changed->subgraphs[static_cast<size_t>(s)].tensors[t].quantization;
      if (quantization.scales != std::vector<float>{0.5f} || quantization.zero_points != std::vector<int64_t>{1}) std::abort();
    }
    if (graph.tensors[t].constant && !graph.tensors[t].sparse) {
      std::vector<uint8_t> bytes(graph.tensors[t].data.begin(), graph.tensors[t].data.end());
      for (uint8_t& byte : bytes) byte ^= 0x55;
      if (graph.tensors[t].dtype != DType::kString) {
        if (auto changed = change(*model, graph::SetData{s, tensor, bytes})) {
          check_same_nodes(*model, *changed);
          const auto now = changed->subgraphs[static_cast<size_t>(s)].tensors[t].data;
          if (std::vector<uint8_t>(now.begin(), now.end()) != bytes) std::abort();
        }
      }
    }
  }
  if (!graph.nodes.empty()) {
    const int node = static_cast<int>(random.below(graph.nodes.size()));
    // Whether what is left makes sense is for patched() to say: a model, or the reason why not.
    auto changed = graph::patched(*model, {graph::RemoveNode{s, node, 0}});
    if (!changed && changed.error().message.empty()) std::abort();
  }
  return 0;
}
