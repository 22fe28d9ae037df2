// The float model that a quantized one stands for: the same graph with every quantized tensor real, so that what quantization
// costs can be measured, all of it or one tensor's.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "graph/graph.h"
#include "quantize/coarse_weights.h"
#include "whyzero/result.h"

namespace whyzero::quantize {

/// Where a bias has another scale than input × weight: what operators take it for, or what the file says.
enum class BiasScale { kOfOperator, kOfFile };

/// What the integers of a tensor can hold: q from `low` to `high`, real = (q - zero_point) * scale.
struct Grid {
  float scale = 0;
  int64_t zero_point = 0;
  int32_t low = 0, high = 0;

  bool present() const { return scale > 0; }
  double least() const { return static_cast<double>(low - zero_point) * scale; }
  double most() const { return static_cast<double>(high - zero_point) * scale; }
  int levels() const { return high - low + 1; }
};

/// The grid of a tensor that is quantized as a whole; not present for all others.
Grid grid_of(const graph::Tensor& tensor);

struct FloatTwin {
  graph::Model model;                              // tensors and nodes have the numbers of the quantized model's
  std::shared_ptr<const graph::Model> quantized;
  std::vector<std::vector<float>> constants;       // what the twin's constants point to
  std::vector<Grid> grids;                         // of the main graph's activations, by tensor; not present for the others
};

struct TwinOptions {
  BiasScale bias = BiasScale::kOfOperator;
  /// Weights of coarse channels are drawn from all that would have been rounded to the same integer.
  std::vector<CoarseWeights> redrawn = {};
  uint64_t seed = 1;
};

/// kUnsupported where no activation is quantized or constants are stored in a way that cannot be made real (sparse, in blocks).
Result<std::shared_ptr<const FloatTwin>> make_float_twin(std::shared_ptr<const graph::Model> quantized, const TwinOptions& options = {});

/// Position of a node's bias among its inputs, and of the two tensors whose scales it has to have; -1 where it has none.
struct BiasPlace {
  int bias = -1, input = 0, weights = 1;
};
BiasPlace bias_place(const graph::Node& node);
/// Scale of the bias's element c as the operator takes it: input × weight.
double operator_bias_scale(const graph::Subgraph& graph, const graph::Node& node, const BiasPlace& place, size_t c);

}  // namespace whyzero::quantize
