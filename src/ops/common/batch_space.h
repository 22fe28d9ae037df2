// SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND: blocks of positions in space against positions of more batches.
#pragma once

#include "ops/common/shapes.h"

namespace whyzero::ops {

/// Three or four dimensions (batch, one or two of space, channels), a block size and two borders for each dimension of space.
Result<void> prepare_batch_space(Context& ctx, ShapeFunction shape);

struct BlockControl {
  std::vector<int64_t> block;   // one for each dimension of space, at least 1
  std::vector<int64_t> border;  // before and behind, a pair for each; a negative padding crops
  int64_t size = 1;             // positions of a block
};
Result<BlockControl> read_block_control(Context& ctx);

/// Calls f(element offset in space, element offset in batches, whether that place in space exists) for every position of the
/// batches, whose channels lie together. `before` is the border before the space.
template <class F>
void for_each_block_position(const Shape& space, const Shape& batches, const BlockControl& control, F&& f) {
  const bool flat = space.size() == 3;
  const int64_t channels = space.back(), n = space[0], height = space[1], width = flat ? 1 : space[2];
  const int64_t rows = batches[1], columns = flat ? 1 : batches[2];
  const int64_t block_height = control.block[0], block_width = flat ? 1 : control.block[1];
  const int64_t top = control.border[0], left = flat ? 0 : control.border[2];
  int64_t to = 0;
  for (int64_t b = 0; b < batches[0]; ++b) {
    const int64_t place = b / n, dy = place / block_width, dx = place % block_width;
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t column = 0; column < columns; ++column, to += channels) {
        const int64_t y = row * block_height + dy - top, x = column * block_width + dx - left;
        const bool inside = y >= 0 && y < height && x >= 0 && x < width;
        f(((b % n * height + y) * width + x) * channels, to, inside);
      }
  }
}

}  // namespace whyzero::ops
