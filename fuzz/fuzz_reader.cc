// Model bytes → graph: whatever they are, the reader answers with a model or with defects, and the static checks stand the model.
#include <cstdlib>
#include <memory>
#include <vector>

#include "graph/sniff.h"
#include "graph/tflite_reader.h"
#include "graph/validate.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace whyzero::graph;
  auto bytes = std::make_shared<const std::vector<uint8_t>>(data, data + size);
  if (sniff(*bytes).kind.empty()) std::abort();
  const Reading reading = read_tflite(bytes);
  if (!reading.model && reading.defects.empty()) std::abort();
  for (const Defect& defect : reading.defects)
    if (defect.code.empty() || defect.message.empty()) std::abort();
  if (!reading.model) return 0;
  if (reading.model->subgraphs.empty()) std::abort();
  // What a Model promises: indices that can be used without a further check.
  for (const Subgraph& graph : reading.model->subgraphs) {
    const auto inside = [&](int tensor) { return tensor >= 0 && static_cast<size_t>(tensor) < graph.tensors.size(); };
    for (const Node& node : graph.nodes) {
      for (int tensor : node.inputs)
        if (tensor != -1 && !inside(tensor)) std::abort();
      for (int tensor : node.outputs)
        if (!inside(tensor)) std::abort();
    }
    for (int tensor : graph.inputs)
      if (!inside(tensor)) std::abort();
    for (int tensor : graph.outputs)
      if (!inside(tensor)) std::abort();
    unsigned sum = 0;
    for (const Tensor& tensor : graph.tensors)
      for (uint8_t byte : tensor.data) sum += byte;  // borrowed bytes must lie inside the file
    if (sum == 1 && graph.tensors.empty()) std::abort();  // keeps the reads above from being optimised away
  }
  for (const Defect& defect : validate(*reading.model))
    if (defect.code.empty() || defect.message.empty()) std::abort();
  return 0;
}
