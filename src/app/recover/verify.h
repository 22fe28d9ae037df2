// A recovered pipeline run forward on every photo and held against what was captured.
#pragma once

#include <optional>
#include <vector>

#include "app/recover/recover.h"

namespace whyzero::recover {

/// One captured tensor.
struct Memory {
  std::optional<std::vector<uint8_t>> bytes;  // nothing where it cannot be read
  bool constant = false;                      // every element the same
};

/// What the pipeline makes of a sample's photo.
Result<app::Value> run_on_photo(const app::Source& originals, size_t i, const nlohmann::json& pipeline, const app::TensorInfo& tensor);

/// Fills the residuals. Where some samples differ, other decoders, the EXIF tag and other resizers are tried on them, and
/// `recovery.pipeline` becomes what mends them.
void verify(const std::vector<Memory>& memories, const app::Source& originals, const app::TensorInfo& tensor, int threads, Recovery& recovery);

}  // namespace whyzero::recover
