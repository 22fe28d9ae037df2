// Where crops, letterboxes and turns put pixels, and the one mover that turns them.
#include "image/geometry.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace whyzero::image {
namespace {

/// kBytes: size of a pixel where it is known at compile time (copies become moves of registers), 0 where not.
template <size_t kBytes>
void copy_oriented(const uint8_t* from, uint8_t* to, int64_t width, int64_t height, size_t pixel_bytes, Orientation orientation) {
  const auto bytes = static_cast<int64_t>(kBytes ? kBytes : pixel_bytes);
  const int64_t rows = orientation.transpose ? width : height;
  const int64_t columns = orientation.transpose ? height : width;
  int64_t step_x = bytes * (orientation.mirror_x ? -1 : 1);
  int64_t step_y = bytes * width * (orientation.mirror_y ? -1 : 1);
  const uint8_t* first =
      from + (orientation.mirror_x ? bytes * (width - 1) : 0) + (orientation.mirror_y ? bytes * width * (height - 1) : 0);
  if (orientation.transpose) std::swap(step_x, step_y);
  for (int64_t y = 0; y < rows; y++) {
    for (int64_t x = 0; x < columns; x++, to += bytes) {
      std::memcpy(to, first + y * step_y + x * step_x, kBytes ? kBytes : static_cast<size_t>(bytes));
    }
  }
}

int64_t half_up(double x) { return static_cast<int64_t>(std::floor(x + 0.5)); }

int64_t floor_half(int64_t x) { return x >> 1; }

}  // namespace

Box central_box(int width, int height, double fraction) {
  const double w = width, h = height;
  return {(w - w * fraction) / 2, (h - h * fraction) / 2, (w + w * fraction) / 2, (h + h * fraction) / 2};
}

Rect rounded_box(int width, int height, const Box& box) {
  const int64_t w = half_up(box.right - box.left), h = half_up(box.bottom - box.top);
  return {floor_half(width - w), floor_half(height - h), w, h};
}

Rect tensorflow_central_rect(int width, int height, double fraction) {
  const int64_t left = static_cast<int64_t>((width - width * fraction) / 2);
  const int64_t top = static_cast<int64_t>((height - height * fraction) / 2);
  return {left, top, width - 2 * left, height - 2 * top};
}

Rect center_rect(int width, int height, int64_t crop_width, int64_t crop_height) {
  const double left = std::nearbyint(static_cast<double>(width - crop_width) / 2);
  const double top = std::nearbyint(static_cast<double>(height - crop_height) / 2);
  return {static_cast<int64_t>(left), static_cast<int64_t>(top), crop_width, crop_height};
}

Rect square_rect(int width, int height) {
  const int64_t side = std::min(width, height);
  return {(width - side) / 2, (height - side) / 2, side, side};
}

LetterboxPlace letterbox_place(int source_width, int source_height, int width, int height) {
  const double scale = std::min(static_cast<double>(width) / source_width, static_cast<double>(height) / source_height);
  LetterboxPlace place;
  place.width = static_cast<int>(std::min<int64_t>(width, half_up(source_width * scale)));
  place.height = static_cast<int>(std::min<int64_t>(height, half_up(source_height * scale)));
  place.left = (width - place.width) / 2;
  place.top = (height - place.height) / 2;
  return place;
}

std::array<int64_t, 2> shorter_size(int width, int height, int64_t shorter) {
  const double n = static_cast<double>(shorter);
  if (width <= height) return {shorter, static_cast<int64_t>(n * height / width)};
  return {static_cast<int64_t>(n * width / height), shorter};
}

Orientation upright_from_exif(int tag) {
  switch (tag) {  // where the first row and the first column of the stored picture belong
    case 2:
      return {.mirror_x = true};
    case 3:
      return {.mirror_x = true, .mirror_y = true};
    case 4:
      return {.mirror_y = true};
    case 5:
      return {.transpose = true};
    case 6:
      return {.mirror_y = true, .transpose = true};
    case 7:
      return {.mirror_x = true, .mirror_y = true, .transpose = true};
    case 8:
      return {.mirror_x = true, .transpose = true};
    default:
      return {};
  }
}

Orientation turned_clockwise(int degrees) {
  if (degrees != 90 && degrees != 180 && degrees != 270) return {};
  return {.mirror_x = degrees != 90, .mirror_y = degrees != 270, .transpose = degrees != 180};
}

void orient_pixels(const uint8_t* from, uint8_t* to, int64_t width, int64_t height, size_t pixel_bytes, Orientation orientation) {
  if (width < 1 || height < 1 || pixel_bytes < 1) return;
  const auto copy = pixel_bytes == 1    ? copy_oriented<1>
                    : pixel_bytes == 3  ? copy_oriented<3>
                    : pixel_bytes == 4  ? copy_oriented<4>
                    : pixel_bytes == 12 ? copy_oriented<12>
                                        : copy_oriented<0>;
  copy(from, to, width, height, pixel_bytes, orientation);
}

Image8 oriented(const Image8& source, Orientation orientation) {
  const bool across = orientation.transpose;
  Image8 out(across ? source.height : source.width, across ? source.width : source.height, source.channels);
  orient_pixels(source.data.data(), out.data.data(), source.width, source.height, static_cast<size_t>(source.channels), orientation);
  return out;
}

}  // namespace whyzero::image
