// What the nodes of a file say about each other: order, writers, calls of subgraphs.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "graph/options.h"
#include "graph/read_context.h"

namespace whyzero::graph {
namespace {

size_t as_size(int index) { return static_cast<size_t>(index); }

struct Call {
  int node;
  int target;
  const char* role;
  int inputs, outputs;  // that the subgraph must have; -1 where it is free
};

void add_calls(const Node& node, std::vector<Call>& calls) {
  const auto inputs = static_cast<int>(node.inputs.size()), outputs = static_cast<int>(node.outputs.size());
  const auto add = [&](int target, const char* role, int in = -1, int out = -1) {
    calls.push_back({node.index, target, role, in, out});
  };
  switch (node.op) {
    case schema::BuiltinOperator_IF: {
      const auto& o = options<schema::IfOptions>(node);
      add(o.then_subgraph_index(), "then", inputs - 1, outputs);
      add(o.else_subgraph_index(), "else", inputs - 1, outputs);
      break;
    }
    case schema::BuiltinOperator_WHILE: {
      const auto& o = options<schema::WhileOptions>(node);
      add(o.cond_subgraph_index(), "condition", inputs, 1);
      add(o.body_subgraph_index(), "body", inputs, inputs);
      break;
    }
    case schema::BuiltinOperator_CALL:
      add(static_cast<int>(options<schema::CallOptions>(node).subgraph()), "called", inputs, outputs);
      break;
    case schema::BuiltinOperator_CALL_ONCE:
      add(options<schema::CallOnceOptions>(node).init_subgraph_index(), "initialization", 0, 0);
      break;
    case schema::BuiltinOperator_STABLEHLO_WHILE: {
      const auto& o = options<schema::StablehloWhileOptions>(node);
      add(o.cond_subgraph_index(), "condition");
      add(o.body_subgraph_index(), "body");
      break;
    }
    case schema::BuiltinOperator_STABLEHLO_COMPOSITE:
      add(options<schema::StableHLOCompositeOptions>(node).decomposition_subgraph_index(), "decomposition", inputs, outputs);
      break;
    case schema::BuiltinOperator_STABLEHLO_REDUCE:
      add(options<schema::StablehloReduceOptions>(node).body_subgraph_index(), "body");
      break;
    case schema::BuiltinOperator_STABLEHLO_REDUCE_WINDOW:
      add(options<schema::StablehloReduceWindowOptions>(node).body_subgraph_index(), "body");
      break;
    case schema::BuiltinOperator_STABLEHLO_SORT:
      add(options<schema::StablehloSortOptions>(node).comparator_subgraph_index(), "comparator");
      break;
    case schema::BuiltinOperator_STABLEHLO_SCATTER:
      add(options<schema::StablehloScatterOptions>(node).update_computation_subgraph_index(), "update");
      break;
    case schema::BuiltinOperator_STABLEHLO_CASE:
      if (const auto* branches = options<schema::StablehloCaseOptions>(node).branch_subgraph_indices())
        for (int32_t branch : *branches) add(branch, "branch");
      break;
    default:
      break;
  }
}

/// A subgraph on a ring of calls, or -1: subgraphs that nobody calls (any more) are taken away until none is left.
int find_ring(const std::vector<std::vector<Call>>& calls) {
  std::vector<size_t> callers(calls.size());
  for (const auto& from : calls)
    for (const Call& call : from) ++callers[as_size(call.target)];
  std::vector<size_t> free;
  for (size_t s = 0; s < calls.size(); ++s)
    if (callers[s] == 0) free.push_back(s);
  for (size_t i = 0; i < free.size(); ++i)
    for (const Call& call : calls[free[i]])
      if (--callers[as_size(call.target)] == 0) free.push_back(as_size(call.target));
  if (free.size() == calls.size()) return -1;
  return static_cast<int>(std::ranges::find_if(callers, [](size_t n) { return n > 0; }) - callers.begin());
}

}  // namespace

void check_order(ReadContext& context, int subgraph) {
  Subgraph& graph = context.model.subgraphs[as_size(subgraph)];
  constexpr int kNobody = -1, kCaller = -2;
  std::vector<int> writer(graph.tensors.size(), kNobody);
  for (int input : graph.inputs)
    if (input >= 0) writer[as_size(input)] = kCaller;
  for (const Node& node : graph.nodes) {
    for (int output : node.outputs) {
      if (output < 0) continue;
      const Tensor& tensor = graph.tensors[as_size(output)];
      const Place place{subgraph, output, node.index};
      int& by = writer[as_size(output)];
      if (tensor.constant) {
        context.contradiction(place, fmt::format("{} writes tensor {}, which is constant", node.label(), tensor.label()));
      } else if (by == kCaller) {
        context.contradiction(
            place, fmt::format("{} writes tensor {}, which is an input of the subgraph", node.label(), tensor.label()));
      } else if (by != kNobody) {
        context.contradiction(
            place, fmt::format("{} and {} both write tensor {}", graph.nodes[as_size(by)].label(), node.label(), tensor.label()));
      }
      by = node.index;
    }
  }
  // A tensor without elements needs nobody to write it.
  for (Tensor& tensor : graph.tensors)
    if (writer[as_size(tensor.index)] == kNobody && !tensor.variable && std::ranges::find(tensor.shape, 0) != tensor.shape.end())
      tensor.constant = true;

  const auto written_before = [&](int index, int node) {
    const Tensor& tensor = graph.tensors[as_size(index)];
    const int by = writer[as_size(index)];
    return tensor.constant || tensor.variable || by == kCaller || (by != kNobody && by < node);
  };
  for (const Node& node : graph.nodes) {
    for (int input : node.inputs) {
      if (input < 0 || written_before(input, node.index)) continue;
      const Tensor& tensor = graph.tensors[as_size(input)];
      const int by = writer[as_size(input)];
      // Accelerators' custom operators get their scratch memory as inputs.
      if (by == kNobody && node.custom()) continue;
      context.contradiction({subgraph, input, node.index},
                            by == kNobody
                                ? fmt::format("{} reads tensor {}, which is neither input nor constant and which no node writes",
                                              node.label(), tensor.label())
                                : fmt::format("{} reads tensor {} before {} writes it (nodes out of order, or a cycle)",
                                              node.label(), tensor.label(), graph.nodes[as_size(by)].label()));
    }
  }
  for (int output : graph.outputs) {
    if (output < 0 || written_before(output, std::numeric_limits<int>::max())) continue;
    context.contradiction({subgraph, output, -1},
                          fmt::format("output {} of the subgraph is written by no node", graph.tensors[as_size(output)].label()));
  }
}

void check_calls(ReadContext& context) {
  const std::vector<Subgraph>& subgraphs = context.model.subgraphs;
  std::vector<std::vector<Call>> calls(subgraphs.size());
  for (size_t s = 0; s < subgraphs.size(); ++s) {
    for (const Node& node : subgraphs[s].nodes) add_calls(node, calls[s]);
    for (const Call& call : calls[s]) {
      const Node& node = subgraphs[s].nodes[as_size(call.node)];
      const Place place{static_cast<int>(s), -1, call.node};
      if (call.target < 0 || as_size(call.target) >= subgraphs.size()) {
        context.contradiction(place, fmt::format("{}: its {} subgraph is {}, but there are only {} subgraphs", node.label(),
                                                 call.role, call.target, subgraphs.size()));
        return;
      }
      const Subgraph& target = subgraphs[as_size(call.target)];
      const auto check = [&](const char* what, size_t given, int expected) {
        if (expected >= 0 && given != as_size(expected))
          context.contradiction(place, fmt::format("{}: its {} subgraph {} has {} {}, expected {}", node.label(), call.role,
                                                   call.target, given, what, expected));
      };
      check("inputs", target.inputs.size(), call.inputs);
      check("outputs", target.outputs.size(), call.outputs);
    }
  }
  if (const int ring = find_ring(calls); ring >= 0)
    context.contradiction({ring, -1, -1},
                          fmt::format("subgraph {} is part of a ring of subgraphs that run each other without end", ring));
}

}  // namespace whyzero::graph
