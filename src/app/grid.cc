// Crops, turns and mirrors of values of any dtype.
#include "app/grid.h"

#include <fmt/format.h>

#include <cstring>
#include <utility>

namespace whyzero::app {

Result<Grid> grid_of(const Value& value) {
  if (value.shape.size() < 2)
    return fail(ErrorCode::kShapeMismatch,
                fmt::format("a picture (height, width, channels) is needed, the value has shape {}", shape_text(value.shape)));
  Grid grid{value.shape[0], value.shape[1], dtype_size(value.dtype)};
  for (size_t axis = 2; axis < value.shape.size(); ++axis) grid.pixel_bytes *= static_cast<size_t>(value.shape[axis]);
  return grid;
}

Result<void> crop_value(Value& value, int64_t left, int64_t top, int64_t width, int64_t height) {
  WHYZERO_ASSIGN(const Grid grid, grid_of(value));
  const bool inside = left >= 0 && top >= 0 && width >= 1 && height >= 1 && width <= grid.width && height <= grid.height &&
                      left <= grid.width - width && top <= grid.height - height;
  if (!inside)
    return fail(ErrorCode::kShapeMismatch,
                fmt::format("crop box [left {}, top {}, width {}, height {}] leaves the picture, which is {} wide and {} high",
                            left, top, width, height, grid.width, grid.height));
  const size_t source_row = static_cast<size_t>(grid.width) * grid.pixel_bytes;
  const size_t row = static_cast<size_t>(width) * grid.pixel_bytes;
  const uint8_t* first =
      value.bytes.data() + static_cast<size_t>(top) * source_row + static_cast<size_t>(left) * grid.pixel_bytes;
  // Rows move towards the front, so no row is overwritten before it is read.
  for (size_t y = 0; y < static_cast<size_t>(height) && row > 0; ++y)
    std::memmove(value.bytes.data() + y * row, first + y * source_row, row);
  value.bytes.resize(static_cast<size_t>(height) * row);
  value.shape[0] = static_cast<int32_t>(height);
  value.shape[1] = static_cast<int32_t>(width);
  return {};
}

Result<void> crop_to_rounded_box(Value& value, const image::Box& box) {
  WHYZERO_ASSIGN(const Grid grid, grid_of(value));
  const image::Rect rect = image::rounded_box(static_cast<int>(grid.width), static_cast<int>(grid.height), box);
  return crop_value(value, rect.left, rect.top, rect.width, rect.height);
}

Result<void> orient_value(Value& value, image::Orientation orientation) {
  if (!orientation.changes_anything()) return {};
  WHYZERO_ASSIGN(const Grid grid, grid_of(value));
  std::vector<uint8_t> out(value.bytes.size());
  image::orient_pixels(value.bytes.data(), out.data(), grid.width, grid.height, grid.pixel_bytes, orientation);
  value.bytes = std::move(out);
  if (orientation.transpose) std::swap(value.shape[0], value.shape[1]);
  return {};
}

}  // namespace whyzero::app
