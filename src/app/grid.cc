// Crops, turns and mirrors of values of any dtype.
#include "app/grid.h"

#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "image/geometry.h"

namespace whyzero::app {
namespace {

/// kBytes: size of a pixel where it is known at compile time (copies become moves of registers), 0 where not.
template <size_t kBytes>
void copy_oriented(const uint8_t* from, uint8_t* to, const Grid& grid, Orientation orientation) {
  const auto bytes = static_cast<int64_t>(kBytes ? kBytes : grid.pixel_bytes);
  const int64_t rows = orientation.transpose ? grid.width : grid.height;
  const int64_t columns = orientation.transpose ? grid.height : grid.width;
  int64_t step_x = bytes * (orientation.mirror_x ? -1 : 1);
  int64_t step_y = bytes * grid.width * (orientation.mirror_y ? -1 : 1);
  const uint8_t* first = from + (orientation.mirror_x ? bytes * (grid.width - 1) : 0) +
                         (orientation.mirror_y ? bytes * grid.width * (grid.height - 1) : 0);
  if (orientation.transpose) std::swap(step_x, step_y);
  for (int64_t y = 0; y < rows; ++y)
    for (int64_t x = 0; x < columns; ++x, to += bytes)
      std::memcpy(to, first + y * step_y + x * step_x, kBytes ? kBytes : static_cast<size_t>(bytes));
}

}  // namespace

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

Result<void> orient_value(Value& value, Orientation orientation) {
  if (!orientation.mirror_x && !orientation.mirror_y && !orientation.transpose) return {};
  WHYZERO_ASSIGN(const Grid grid, grid_of(value));
  std::vector<uint8_t> out(value.bytes.size());
  if (!out.empty()) {
    switch (grid.pixel_bytes) {
      case 1:
        copy_oriented<1>(value.bytes.data(), out.data(), grid, orientation);
        break;
      case 3:
        copy_oriented<3>(value.bytes.data(), out.data(), grid, orientation);
        break;
      case 4:
        copy_oriented<4>(value.bytes.data(), out.data(), grid, orientation);
        break;
      case 12:
        copy_oriented<12>(value.bytes.data(), out.data(), grid, orientation);
        break;
      default:
        copy_oriented<0>(value.bytes.data(), out.data(), grid, orientation);
    }
  }
  value.bytes = std::move(out);
  if (orientation.transpose) std::swap(value.shape[0], value.shape[1]);
  return {};
}

}  // namespace whyzero::app
