// Model bytes → graph → patch → bytes → graph: no patch gives the same bytes, and any patch gives a model that reads back or the reason
// why not. Hostile files let tables overlap, so what a patch must leave alone is asserted by the writer's tests, on sound files.
#include <cstdlib>
#include <memory>
#include <vector>

#include "base/random.h"
#include "graph/tflite_reader.h"
#include "graph/tflite_writer.h"
#include "tflite_schema_generated.h"

namespace {

using namespace whyzero;
using graph::Model;

void check_identity(const Model& model) {
  auto same = graph::apply_patch(model, {});
  if (!same || *same != *model.bytes) std::abort();
}

void check_change(const Model& model, graph::GraphEdit edit) {
  if (graph::describe(edit, model).empty()) std::abort();
  auto changed = graph::patched(model, {std::move(edit)});
  if (changed) check_identity(**changed);
  else if (changed.error().message.empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto model = graph::read_tflite(std::make_shared<const std::vector<uint8_t>>(data, data + size)).model;
  if (!model) return 0;
  check_identity(*model);

  uint64_t seed = size;
  for (size_t i = 0; i < size; ++i) seed = seed * 31 + data[i];
  Random random(seed);
  const size_t index = random.below(model->subgraphs.size());
  const int s = static_cast<int>(index);
  const graph::Subgraph& subgraph = model->subgraphs[index];

  check_change(*model, graph::SetMetadata{"whyzero.seen", {1, 2, 3}});
  if (!subgraph.tensors.empty()) {
    const graph::Tensor& tensor = subgraph.tensors[random.below(subgraph.tensors.size())];
    check_change(*model, graph::SetQuantization{s, tensor.index, {0.5f}, {1}, 0});
    check_change(*model, graph::SetQuantization{s, tensor.index, {0.5f, 0.25f}, {0, 0}, static_cast<int32_t>(random.below(3))});
    check_change(*model, graph::SetType{s, tensor.index, DType::kFloat16, std::nullopt});
    check_change(*model, graph::SetType{s, tensor.index, std::nullopt, std::vector<int32_t>{2, 3}});
    std::vector<uint8_t> bytes(tensor.data.begin(), tensor.data.end());
    for (uint8_t& byte : bytes) byte ^= 0x55;
    check_change(*model, graph::SetData{s, tensor.index, bytes});
    bytes.push_back(0);
    check_change(*model, graph::SetData{s, tensor.index, bytes});
  }
  if (!subgraph.nodes.empty()) {
    const graph::Node& node = subgraph.nodes[random.below(subgraph.nodes.size())];
    check_change(*model, graph::RemoveNode{s, node.index, 0});
    check_change(*model, graph::SetInput{s, node.index, random.below(4), static_cast<int>(random.below(8))});
    check_change(*model, graph::SetOption{s, node.index, schema::BuiltinOptions_Conv2DOptions, schema::Conv2DOptions::VT_STRIDE_W, int32_t{2}});
  }
  return 0;
}
