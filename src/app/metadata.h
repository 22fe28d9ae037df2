// What a model's TFLITE_METADATA says of its inputs and outputs, and the files that are packed behind the model.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
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

enum class ColourSpace { kUnknown, kRgb, kGray };
/// What pictures the metadata say that an input takes.
ColourSpace described_colours(const graph::Model& model, size_t input);

/// Names of the files in the zip behind the model.
std::vector<std::string> packed_file_names(const graph::Model& model);

/// A list of labels that lies in the model file: an associated file of the output, else of the subgraph or the model.
struct PackedLabels {
  std::string file;
  std::vector<std::string> labels;
};
/// Nothing where the metadata name no label file, or it is not in the zip behind the model, or the zip is broken.
std::optional<PackedLabels> packed_labels(const graph::Model& model, size_t output);

}  // namespace whyzero::app
