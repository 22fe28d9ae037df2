// In which numbers a model computes, and how it came to them.
#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"

namespace whyzero::graph {

/// How layers (convolutions and fully connected nodes with constant kernels) store weights and compute.
enum class Scheme {
  kFloat,      // float weights, float activations
  kFloat16,    // float16 weights, unpacked before use; float activations
  kDynamic,    // integer weights, float activations that are quantized on the fly
  kInteger,    // 8-bit weights and activations
  kInt16x8,    // 8-bit weights, 16-bit activations
  kMixed,
};

/// How a quantization was made, as the converter notes it.
enum class Origin { kNotNoted, kAfterTraining, kAwareTraining };

struct Precision {
  Scheme scheme = Scheme::kFloat;
  Origin origin = Origin::kNotNoted;
  int layers = 0, reduced = 0;     // all, and those with weights smaller than float32
  std::vector<std::string> noted;  // "PTQ_DYNAMIC_RANGE", …: optimizations in the metadata "CONVERSION_METADATA"
  std::string converter;           // version of TensorFlow; empty: not noted
};

Precision precision_of(const Model& model);

/// "float", "float16", "dynamic", "int8", "int16x8", "mixed": the names of `quantize --scheme`.
const char* scheme_name(Scheme scheme);
/// One sentence without a full stop: what the file is, and whether its quantization was trained or made afterwards.
std::string describe(const Precision& precision);

}  // namespace whyzero::graph
