// Sliding windows that are reduced to one value each: REDUCE_WINDOW and STABLEHLO_REDUCE_WINDOW.
#pragma once

#include <functional>

#include "ops/common/shapes.h"

namespace whyzero::ops {

struct ReducedAxis {
  int64_t size = 1, stride = 1, dilation = 1;    // of the window
  int64_t base_dilation = 1, low = 0, high = 0;  // of the input: distance of its elements, padding before and behind
};

/// kMalformed for strides and dilations below 1 and sizes or paddings out of range.
Result<Shape> reduced_shape(const Context& ctx, std::span<const ReducedAxis> axes);
/// For every position within the window, in order: combine(the elements there, one for each output). Where no element lies it
/// is the initial value.
Result<void> for_each_window_position(Context& ctx, std::span<const ReducedAxis> axes,
                                      const std::function<Result<void>(const std::vector<uint8_t>&)>& combine);

}  // namespace whyzero::ops
