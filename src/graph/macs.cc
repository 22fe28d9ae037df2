#include "graph/macs.h"

#include <algorithm>

namespace whyzero::graph {

std::optional<uint64_t> macs_of(const Subgraph& graph, const Node& node) {
  const auto elements = [&](int tensor) {
    double count = 1;
    for (int32_t dim : graph.tensors[static_cast<size_t>(tensor)].shape) count *= dim;
    return count;
  };
  if (node.inputs.size() < 2 || node.outputs.empty() || node.inputs[1] < 0 || node.outputs[0] < 0) return std::nullopt;
  const auto& weights = graph.tensors[static_cast<size_t>(node.inputs[1])].shape;
  double macs = 0;
  if (node.op_name == "CONV_2D" && weights.size() == 4)
    macs = elements(node.outputs[0]) * weights[1] * weights[2] * weights[3];
  else if (node.op_name == "DEPTHWISE_CONV_2D" && weights.size() == 4)
    macs = elements(node.outputs[0]) * weights[1] * weights[2];
  else if ((node.op_name == "FULLY_CONNECTED" || node.op_name == "BATCH_MATMUL") && weights.size() >= 2)
    macs = elements(node.outputs[0]) * weights.back();
  else if (node.op_name == "TRANSPOSE_CONV" && node.inputs.size() > 2 && node.inputs[2] >= 0 && weights.size() == 4)
    macs = elements(node.inputs[2]) * weights[0] * weights[1] * weights[2];
  else
    return std::nullopt;
  return macs < 1e18 ? std::optional(static_cast<uint64_t>(macs)) : std::nullopt;
}

uint64_t total_macs(const Model& model) {
  uint64_t total = 0;
  for (const Subgraph& graph : model.subgraphs)
    for (const Node& node : graph.nodes) total += std::min<uint64_t>(macs_of(graph, node).value_or(0), UINT64_MAX - total);
  return total;
}

}  // namespace whyzero::graph
