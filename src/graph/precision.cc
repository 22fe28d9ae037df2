#include "graph/precision.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "graph/flat_tables.h"
#include "graph/layers.h"

namespace whyzero::graph {
namespace {

bool integer8(DType dtype) { return dtype == DType::kInt8 || dtype == DType::kUInt8 || dtype == DType::kInt4; }

std::optional<Scheme> scheme_of(const Subgraph& graph, const Layer& layer) {
  const auto dtype = [&](int tensor) { return graph.tensors[static_cast<size_t>(tensor)].dtype; };
  int kernel = layer.kernel;
  if (const int node = unpacking_node(graph, kernel); node >= 0) kernel = graph.nodes[static_cast<size_t>(node)].inputs[0];
  const bool whole = integer8(dtype(kernel));
  switch (dtype(layer.input)) {
    case DType::kFloat32:
      if (dtype(kernel) == DType::kFloat16) return Scheme::kFloat16;
      return whole ? Scheme::kDynamic : Scheme::kFloat;
    case DType::kInt8:
    case DType::kUInt8: return Scheme::kInteger;
    case DType::kInt16: return Scheme::kInt16x8;
    default: return std::nullopt;
  }
}

/// Fields of the converter's own flatbuffer, by their numbers.
constexpr size_t kEnvironment = 0, kOptions = 1, kTensorFlowVersion = 0, kOptimizationModes = 0;

struct Mode {
  int32_t number;
  const char* name;
  Origin origin;
};
constexpr Mode kModes[] = {{1001, "PTQ_FLOAT16", Origin::kAfterTraining},
                           {1002, "PTQ_DYNAMIC_RANGE", Origin::kAfterTraining},
                           {1003, "PTQ_FULL_INTEGER", Origin::kAfterTraining},
                           {1004, "PTQ_INT16", Origin::kAfterTraining},
                           {2000, "QUANTIZATION_AWARE_TRAINING", Origin::kAwareTraining},
                           {3001, "RANDOM_SPARSITY", Origin::kNotNoted},
                           {3002, "BLOCK_SPARSITY", Origin::kNotNoted},
                           {3003, "STRUCTURED_SPARSITY", Origin::kNotNoted}};

void read_notes(const Metadata& entry, Precision& precision) {
  const FlatTables tables(entry.data);
  const auto root = tables.follow(0);
  precision.converter = tables.text(tables.follow(tables.field(tables.follow(tables.field(root, kEnvironment)), kTensorFlowVersion)));
  const auto modes = tables.follow(tables.field(tables.follow(tables.field(root, kOptions)), kOptimizationModes));
  for (int32_t number : tables.numbers<int32_t>(modes)) {
    const auto* mode = std::find_if(std::begin(kModes), std::end(kModes), [&](const Mode& one) { return one.number == number; });
    const bool known = mode != std::end(kModes);
    precision.noted.push_back(known ? mode->name : std::to_string(number));
    // Trained for it, a model is quantized after training as well.
    if (known && mode->origin > precision.origin) precision.origin = mode->origin;
  }
}

/// Of small layers the weights stay float, which leaves a model what it is.
Scheme joined(Scheme a, Scheme b) {
  if (a == b) return a;
  if (a == Scheme::kFloat) std::swap(a, b);
  return b == Scheme::kFloat && (a == Scheme::kDynamic || a == Scheme::kFloat16) ? a : Scheme::kMixed;
}

const char* numbers_of(Scheme scheme) {
  switch (scheme) {
    case Scheme::kFloat: return "float: weights and activations are float32";
    case Scheme::kFloat16: return "float16: weights are stored in half the size and unpacked, activations are float32";
    case Scheme::kDynamic: return "dynamic range: integer weights, float activations that are quantized while the model runs";
    case Scheme::kInteger: return "integer: 8-bit weights and activations";
    case Scheme::kInt16x8: return "int16x8: 8-bit weights, 16-bit activations";
    case Scheme::kMixed: break;
  }
  return "mixed: some layers compute in other numbers than others";
}

}  // namespace

Precision precision_of(const Model& model) {
  Precision precision;
  std::optional<Scheme> common;
  for (const Subgraph& graph : model.subgraphs)
    for (const Layer& layer : layers(graph)) {
      const auto scheme = scheme_of(graph, layer);
      if (!scheme) continue;
      ++precision.layers;
      precision.reduced += *scheme != Scheme::kFloat;
      common = common ? joined(*common, *scheme) : *scheme;
    }
  precision.scheme = common.value_or(Scheme::kFloat);
  for (const Metadata& entry : model.metadata)
    if (entry.name == "CONVERSION_METADATA") read_notes(entry, precision);
  return precision;
}

const char* scheme_name(Scheme scheme) {
  switch (scheme) {
    case Scheme::kFloat: return "float";
    case Scheme::kFloat16: return "float16";
    case Scheme::kDynamic: return "dynamic";
    case Scheme::kInteger: return "int8";
    case Scheme::kInt16x8: return "int16x8";
    case Scheme::kMixed: return "mixed";
  }
  return "mixed";
}

std::string describe(const Precision& precision) {
  std::string text = numbers_of(precision.scheme);
  if (precision.scheme == Scheme::kFloat) return text;
  if (precision.reduced < precision.layers) text += fmt::format(" ({} of {} layers)", precision.reduced, precision.layers);
  switch (precision.origin) {
    case Origin::kAwareTraining: return text + "; trained for it (quantization-aware, as the converter notes)";
    case Origin::kAfterTraining:
      return text + fmt::format("; made after training (the converter notes {}), not by quantization-aware training", fmt::join(precision.noted, ", "));
    case Origin::kNotNoted: break;
  }
  // Quantization-aware training leaves a range for every activation.
  if (precision.scheme == Scheme::kDynamic) text += "; no activation has a range, so neither calibration nor quantization-aware training made it";
  return text;
}

}  // namespace whyzero::graph
