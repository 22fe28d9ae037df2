// What RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR share: the contract and the mapping of output to input positions.
#pragma once

#include "ops/common/shapes.h"

namespace whyzero::ops {

struct ResizeMode {
  bool align_corners = false;
  bool half_pixel_centers = false;
};

Result<void> prepare_resize(Context& ctx, std::initializer_list<DType> allowed);
/// In eval, first: the output's shape where it is known only now.
Result<void> settle_resize(Context& ctx);

/// Input pixels one output pixel is apart.
inline float resize_scale(int32_t in, int32_t out, ResizeMode mode) {
  return mode.align_corners && out > 1 ? static_cast<float>(in - 1) / static_cast<float>(out - 1)
                                       : static_cast<float>(in) / static_cast<float>(out);
}

}  // namespace whyzero::ops
