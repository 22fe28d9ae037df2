// What a model's TFLITE_METADATA says of its inputs.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "graph/graph.h"

namespace whyzero::app {

/// (x - mean) / std, one number or one a channel.
struct Normalization {
  std::vector<float> mean, std;
};

/// The NormalizationOptions of an input; nothing where the model has no metadata, none for this input, or broken ones.
std::optional<Normalization> input_normalization(const graph::Model& model, size_t input);

/// How many inputs and outputs the metadata describe.
struct DescribedTensors {
  size_t inputs = 0, outputs = 0;
};
/// Nothing where the model has no metadata, or broken ones.
std::optional<DescribedTensors> described_tensors(const graph::Model& model);

}  // namespace whyzero::app
