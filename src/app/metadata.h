// What a model's TFLITE_METADATA says of its inputs.
#pragma once

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

}  // namespace whyzero::app
