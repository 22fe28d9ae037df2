// Edits in words.
#include "graph/patch.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace whyzero::graph {
namespace {

template <class List>
const typename List::value_type* item(const List& list, int index) {
  return index >= 0 && static_cast<size_t>(index) < list.size() ? &list[static_cast<size_t>(index)] : nullptr;
}

std::string tensor_label(const Model& model, int subgraph, int tensor) {
  const Subgraph* graph = item(model.subgraphs, subgraph);
  const Tensor* found = graph ? item(graph->tensors, tensor) : nullptr;
  return "tensor " + (found ? found->label() : fmt::format("#{}", tensor));
}

std::string node_label(const Model& model, int subgraph, int node) {
  const Subgraph* graph = item(model.subgraphs, subgraph);
  const Node* found = graph ? item(graph->nodes, node) : nullptr;
  return found ? found->label() : fmt::format("node #{}", node);
}

struct Describe {
  const Model& model;

  std::string operator()(const SetQuantization& e) const {
    const std::string label = tensor_label(model, e.subgraph, e.tensor);
    if (e.scales.size() != 1 || e.zero_points.size() != 1)
      return fmt::format("{}: {} scales along dimension {}", label, e.scales.size(), e.axis);
    return fmt::format("{}: scale {}, zero point {}", label, e.scales[0], e.zero_points[0]);
  }
  std::string operator()(const SetData& e) const {
    return fmt::format("{}: new constant data of {} bytes", tensor_label(model, e.subgraph, e.tensor), e.bytes.size());
  }
  std::string operator()(const SetType& e) const {
    std::string out = tensor_label(model, e.subgraph, e.tensor) + ":";
    if (e.dtype) out += fmt::format(" type {}", dtype_name(*e.dtype));
    if (e.shape) out += fmt::format(" shape [{}]", fmt::join(*e.shape, ", "));
    return out;
  }
  std::string operator()(const SetOption& e) const {
    return std::visit(
        [&](auto value) {
          return fmt::format("{}: option at {} becomes {}", node_label(model, e.subgraph, e.node), e.field, value);
        },
        e.value);
  }
  std::string operator()(const SetInput& e) const {
    return fmt::format("{}: input {} becomes {}", node_label(model, e.subgraph, e.node), e.input,
                       tensor_label(model, e.subgraph, e.tensor));
  }
  std::string operator()(const RemoveNode& e) const {
    return fmt::format("{} is taken out", node_label(model, e.subgraph, e.node));
  }
  std::string operator()(const SetOutputs& e) const {
    return fmt::format("subgraph {}: outputs [{}], no signatures", e.subgraph, fmt::join(e.tensors, ", "));
  }
  std::string operator()(const SetMetadata& e) const { return fmt::format("metadata \"{}\": {} bytes", e.name, e.bytes.size()); }
};

}  // namespace

std::string describe(const GraphEdit& edit, const Model& model) { return std::visit(Describe{model}, edit); }

}  // namespace whyzero::graph
