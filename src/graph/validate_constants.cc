// M003: NaN or infinity in constants, unless it is there by design (masks, limits, fill values).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "graph/validate.h"
#include "tflite_schema_generated.h"

namespace whyzero::graph {
namespace {

struct Census {
  size_t elements = 0, nan = 0, plus_infinity = 0, minus_infinity = 0, first = 0;
  bool finite_are_zero = true;  // every finite value is 0: what an additive mask looks like

  size_t infinities() const { return plus_infinity + minus_infinity; }
  size_t bad() const { return nan + infinities(); }
};

/// Counts by the bits: exponent all ones is infinity (fraction 0) or NaN.
template <class Bits>
Census count_bits(std::span<const uint8_t> data, int fraction_bits) {
  Census census;
  const int width = 8 * static_cast<int>(sizeof(Bits));
  const Bits sign = static_cast<Bits>(Bits{1} << (width - 1));
  const Bits fraction = static_cast<Bits>((Bits{1} << fraction_bits) - 1);
  const Bits exponent = static_cast<Bits>(~(sign | fraction));
  census.elements = data.size() / sizeof(Bits);
  for (size_t i = 0; i < census.elements; ++i) {
    Bits bits;
    std::memcpy(&bits, data.data() + i * sizeof(Bits), sizeof(Bits));
    if ((bits & exponent) != exponent) {
      census.finite_are_zero = census.finite_are_zero && (bits & ~sign) == 0;
      continue;
    }
    if (census.bad() == 0) census.first = i;
    ++(bits & fraction ? census.nan : bits & sign ? census.minus_infinity : census.plus_infinity);
  }
  return census;
}

Census take_census(const Tensor& tensor) {
  switch (tensor.dtype) {
    case DType::kFloat32:
      return count_bits<uint32_t>(tensor.data, 23);
    case DType::kFloat64:
      return count_bits<uint64_t>(tensor.data, 52);
    case DType::kFloat16:
      return count_bits<uint16_t>(tensor.data, 10);
    case DType::kBFloat16:
      return count_bits<uint16_t>(tensor.data, 7);
    default:
      return {};
  }
}

enum class Use { kPasses, kHarmless, kMask, kHarmful };

/// What an operator does with a value of infinity in its input.
Use use_of(const Node& node) {
  using namespace schema;
  switch (node.op) {
    case BuiltinOperator_DEQUANTIZE:
    case BuiltinOperator_DENSIFY:
    case BuiltinOperator_CAST:
    case BuiltinOperator_RESHAPE:
    case BuiltinOperator_TRANSPOSE:
    case BuiltinOperator_EXPAND_DIMS:
    case BuiltinOperator_SQUEEZE:
    case BuiltinOperator_BROADCAST_TO:
    case BuiltinOperator_TILE:
    case BuiltinOperator_SLICE:
    case BuiltinOperator_STRIDED_SLICE:
    case BuiltinOperator_GATHER:
      return Use::kPasses;
    case BuiltinOperator_SELECT:
    case BuiltinOperator_SELECT_V2:
    case BuiltinOperator_PADV2:
    case BuiltinOperator_FILL:
    case BuiltinOperator_ONE_HOT:
    case BuiltinOperator_MAXIMUM:
    case BuiltinOperator_MINIMUM:
    case BuiltinOperator_LESS:
    case BuiltinOperator_LESS_EQUAL:
    case BuiltinOperator_GREATER:
    case BuiltinOperator_GREATER_EQUAL:
    case BuiltinOperator_EQUAL:
    case BuiltinOperator_NOT_EQUAL:
    case BuiltinOperator_CONCATENATION:
    case BuiltinOperator_PACK:
    case BuiltinOperator_DYNAMIC_UPDATE_SLICE:
    case BuiltinOperator_WHILE:
    case BuiltinOperator_IF:
    case BuiltinOperator_STABLEHLO_COMPOSITE:
    case BuiltinOperator_REDUCE_WINDOW:
    case BuiltinOperator_STABLEHLO_REDUCE_WINDOW:
    case BuiltinOperator_STABLEHLO_REDUCE:
      return Use::kHarmless;
    case BuiltinOperator_ADD:
    case BuiltinOperator_SUB:
      return Use::kMask;
    default:
      return node.custom() ? Use::kHarmless : Use::kHarmful;
  }
}

/// The first node that is harmed by the constant, followed through operators that only move it; -1 where there is none.
int find_victim(const Subgraph& graph, const Census& census, int constant, const std::vector<std::vector<int>>& readers) {
  const bool mask = census.nan == 0 && census.finite_are_zero && (census.plus_infinity == 0 || census.minus_infinity == 0);
  std::vector<bool> seen(graph.tensors.size());
  std::vector<int> open{constant};
  int victim = -1;
  while (!open.empty()) {
    const int tensor = open.back();
    open.pop_back();
    if (seen[static_cast<size_t>(tensor)]) continue;
    seen[static_cast<size_t>(tensor)] = true;
    for (int reader : readers[static_cast<size_t>(tensor)]) {
      const Node& node = graph.nodes[static_cast<size_t>(reader)];
      const Use use = use_of(node);
      if (use == Use::kPasses) {
        for (int output : node.outputs)
          if (output >= 0) open.push_back(output);
      } else if (use == Use::kHarmful || (use == Use::kMask && !mask)) {
        victim = victim < 0 ? reader : std::min(victim, reader);
      }
    }
  }
  return victim;
}

}  // namespace

void validate_constants(const Model& model, int subgraph, std::vector<Defect>& defects) {
  const Subgraph& graph = model.subgraphs[static_cast<size_t>(subgraph)];
  std::vector<std::vector<int>> readers(graph.tensors.size());
  for (const Node& node : graph.nodes)
    for (int input : node.inputs)
      if (input >= 0) readers[static_cast<size_t>(input)].push_back(node.index);
  for (const Tensor& tensor : graph.tensors) {
    if (!tensor.constant) continue;
    const Census census = take_census(tensor);
    if (census.bad() == 0) continue;
    const int victim = find_victim(graph, census, tensor.index, readers);
    if (victim < 0) continue;
    const std::string what = census.nan == 0 ? "infinite" : census.infinities() == 0 ? "NaN" : "NaN or infinite";
    defects.push_back(
        {"M003",
         fmt::format(
             "constant tensor {}: {} of {} values are {} (the first at {}), and {} computes with them; go back to a checkpoint "
             "without them, then convert again",
             tensor.label(), census.bad(), census.elements, what, census.first, graph.nodes[static_cast<size_t>(victim)].label()),
         subgraph, tensor.index, victim});
  }
}

}  // namespace whyzero::graph
