// Pixels moved about without a look at what they are: crops, turns and mirrors of values of any dtype.
#pragma once

#include <cstddef>
#include <cstdint>

#include "app/value.h"
#include "image/geometry.h"
#include "whyzero/result.h"

namespace whyzero::app {

/// The first two axes as a grid; the rest of the axes is one pixel.
struct Grid {
  int64_t height = 0, width = 0;
  size_t pixel_bytes = 0;
};

/// kShapeMismatch where the value has fewer than two axes.
Result<Grid> grid_of(const Value& value);

/// Cuts to a box; kShapeMismatch where it leaves the picture or is empty.
Result<void> crop_value(Value& value, int64_t left, int64_t top, int64_t width, int64_t height);

/// Cuts to the box of a central crop in whole pixels: round(size), halves up, the odd pixel right and below.
Result<void> crop_to_rounded_box(Value& value, const image::Box& box);

/// Turns and mirrors; the first two axes change places where the orientation transposes.
Result<void> orient_value(Value& value, image::Orientation orientation);

}  // namespace whyzero::app
