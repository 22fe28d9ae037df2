// Nodes of a model file: operator, tensors, options.
#include <fmt/format.h>

#include <algorithm>

#include "graph/operator_arity.h"
#include "graph/options.h"
#include "graph/read_context.h"

namespace whyzero::graph {
namespace {

bool read_operator_code(ReadContext& context, Place place, uint32_t index, Node& to) {
  const auto* codes = context.file.operator_codes();
  const size_t count = codes ? codes->size() : 0;
  if (index >= count) {
    context.contradiction(place, fmt::format("node #{} uses operator code {}, but there are only {}", to.index, index, count));
    return false;
  }
  const schema::OperatorCode& code = *codes->Get(index);
  // Files from before operator 127 have only the old 8-bit field, newer ones fill both or the new one.
  to.op = std::max<int32_t>(code.deprecated_builtin_code(), code.builtin_code());
  to.version = code.version();
  if (to.op < 0) {
    context.contradiction(place, fmt::format("node #{} has operator {}; operators are numbered from 0", to.index, to.op));
    return false;
  }
  if (to.op == schema::BuiltinOperator_CUSTOM) {
    to.custom_code = context.text(code.custom_code());
    to.op_name = to.custom_code;
    if (to.custom_code.empty()) {
      context.contradiction(place, fmt::format("node #{} has a custom operator without a name", to.index));
      return false;
    }
  } else if (to.op <= schema::BuiltinOperator_MAX) {
    to.op_name = schema::EnumNameBuiltinOperator(static_cast<schema::BuiltinOperator>(to.op));
  } else {
    to.op_name = fmt::format("BUILTIN_{}", to.op);
  }
  if (to.version < 1) {
    context.contradiction(place, fmt::format("{} has version {}; versions are numbered from 1", to.label(), to.version));
    return false;
  }
  return true;
}

bool check_indices(ReadContext& context, Place place, const Node& node, const std::vector<int>& indices, const char* what) {
  const auto count = static_cast<int>(context.model.subgraphs[static_cast<size_t>(place.subgraph)].tensors.size());
  for (size_t i = 0; i < indices.size(); ++i) {
    if (indices[i] >= -1 && indices[i] < count) continue;
    context.contradiction(place, fmt::format("{}: {} {} is tensor {}, but the subgraph has only {} tensors", node.label(), what,
                                             i, indices[i], count));
    return false;
  }
  return true;
}

bool check_arity(ReadContext& context, Place place, const Node& node) {
  const OperatorArity* arity = operator_arity(node.op);
  if (!arity) return true;
  const auto wrong = [&](const char* what, size_t given, int least, int most) {
    if (given >= static_cast<size_t>(least) && (most < 0 || given <= static_cast<size_t>(most))) return false;
    const std::string expected = most < 0        ? fmt::format("at least {}", least)
                                 : least == most ? fmt::format("{}", least)
                                                 : fmt::format("{} to {}", least, most);
    context.contradiction(place, fmt::format("{} has {} {}, expected {}", node.label(), given, what, expected));
    return true;
  };
  if (wrong("inputs", node.inputs.size(), arity->least_inputs, arity->most_inputs)) return false;
  if (wrong("outputs", node.outputs.size(), arity->least_outputs, arity->most_outputs)) return false;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (node.inputs[i] >= 0 || (i < 32 && arity->optional_inputs >> i & 1) || arity->optional_inputs == ~0u) continue;
    context.contradiction(place, fmt::format("{}: input {} is left out (-1), but it is required", node.label(), i));
    return false;
  }
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    if (node.outputs[i] >= 0) continue;
    context.contradiction(place, fmt::format("{}: output {} is left out (-1), but it is required", node.label(), i));
    return false;
  }
  return true;
}

/// For options tables that have these fields.
template <class T>
void check_enums(ReadContext& context, Place place, const Node& node) {
  if (node.options_type != static_cast<int>(schema::BuiltinOptionsTraits<T>::enum_value) || !node.options_table) return;
  const T& table = *static_cast<const T*>(node.options_table);
  if constexpr (requires { table.fused_activation_function(); }) {
    const int value = table.fused_activation_function();
    if (value < 0 || value > schema::ActivationFunctionType_MAX)
      context.contradiction(place, fmt::format("{}: fused activation {}; known are 0 to {}", node.label(), value,
                                               int{schema::ActivationFunctionType_MAX}));
  }
  if constexpr (requires { table.padding(); }) {
    const int value = table.padding();
    if (value < 0 || value > schema::Padding_MAX)
      context.contradiction(place, fmt::format("{}: padding {}; known are 0 (SAME) and 1 (VALID)", node.label(), value));
  }
}

template <class... T>
void check_all_enums(ReadContext& context, Place place, const Node& node) {
  (check_enums<T>(context, place, node), ...);
}

}  // namespace

void check_options(ReadContext& context, int subgraph, const Node& node) {
  using namespace schema;
  check_all_enums<Conv2DOptions, DepthwiseConv2DOptions, Conv3DOptions, TransposeConvOptions, Pool2DOptions,
                  FullyConnectedOptions, AddOptions, SubOptions, MulOptions, DivOptions, ConcatenationOptions, L2NormOptions,
                  SVDFOptions, RNNOptions, SequenceRNNOptions, BidirectionalSequenceRNNOptions, LSTMOptions,
                  UnidirectionalSequenceLSTMOptions, BidirectionalSequenceLSTMOptions>(context, {subgraph, -1, node.index}, node);
}

bool read_node(ReadContext& context, int subgraph, const schema::Operator& from, Node& to) {
  const Place place{subgraph, -1, to.index};
  if (!read_operator_code(context, place, from.opcode_index(), to)) return false;
  if (!context.copy(from.inputs(), to.inputs) || !context.copy(from.outputs(), to.outputs) ||
      !context.copy(from.intermediates(), to.intermediates))
    return false;
  if (!check_indices(context, place, to, to.inputs, "input") || !check_indices(context, place, to, to.outputs, "output") ||
      !check_indices(context, place, to, to.intermediates, "intermediate") || !check_arity(context, place, to))
    return false;
  to.options_type = from.builtin_options_type();
  to.options_table = from.builtin_options();
  to.options2_type = from.builtin_options2_type();
  to.options2_table = from.builtin_options2();
  if (from.custom_options()) to.custom_options = {from.custom_options()->data(), from.custom_options()->size()};
  if (from.large_custom_options_offset() > 1 &&
      !context.range(place, "the custom options of " + to.label(), from.large_custom_options_offset(),
                     from.large_custom_options_size(), to.custom_options))
    return false;
  check_options(context, subgraph, to);
  return context.usable();
}

}  // namespace whyzero::graph
