// What captured tensors show without their photos: types, byte order, layout, gaps between rows, the lattice of their values.
#pragma once

#include <span>
#include <vector>

#include "app/recover/memory.h"
#include "app/recover/recover.h"

namespace whyzero::recover {

/// Facts about some different samples' memories, and the steps that they prove (`fragment`).
void look_at_tensors(std::span<const std::vector<uint8_t>> memories, const app::TensorInfo& tensor, const Frame& frame, Recovery& recovery);

}  // namespace whyzero::recover
