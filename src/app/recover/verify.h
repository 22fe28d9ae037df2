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

/// Fills the residuals. Where some samples differ, other decoders and the EXIF tag are tried on them, and `recovery.pipeline` begins
/// with what mends them.
void verify(const std::vector<Memory>& memories, const app::Source& originals, const app::TensorInfo& tensor, int threads, Recovery& recovery);

}  // namespace whyzero::recover
