// TFLITE_METADATA and the zip of label files behind a model, as the metadata tools write them: built field by field.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace whyzero::toy {

struct MetadataOptions {
  std::vector<float> mean = {}, std = {};  // NormalizationOptions of input 0; empty: none
  int colour_space = 0;                    // of input 0: 1 RGB, 2 gray; 0: no image properties
  std::string labels = {};                 // name of the label file; empty: none
  enum Level { kTensor, kSubgraph, kModel } level = kTensor;  // whose associated file it is
  uint8_t file_type = 2;                   // 2: axis labels, 3: value labels, 5: a vocabulary
  std::string locale = {};
};
std::vector<uint8_t> metadata_of(const MetadataOptions& options);

struct PackedFile {
  std::string name, content;
};
/// The model with a zip behind it, whose offsets count from the file's beginning or from the zip's own.
std::vector<uint8_t> with_zip(std::vector<uint8_t> model, const std::vector<PackedFile>& files, bool from_the_beginning = true);

/// "a\nb\n".
std::string lines_of(const std::vector<std::string>& labels);

}  // namespace whyzero::toy
