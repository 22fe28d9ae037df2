// Tensors that hold the photo before their own: the app reads its buffer before the new photo is in it.
#pragma once

#include <span>

#include "app/recover/memory.h"
#include "app/recover/verify.h"
#include "app/source.h"

namespace whyzero::recover {

/// 1 where tensors look like the photo before theirs and not like their own, else 0. Looks at small gray pictures of the first samples;
/// what is read in another way, turned or cut far keeps 0.
size_t find_lag(std::span<const Memory> memories, const app::Source& originals, const app::TensorInfo& tensor, const Frame& frame);

}  // namespace whyzero::recover
