// Where crops, letterboxes and turns put pixels, and the one mover that turns them. Pixels are bytes nobody looks at.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "image/image.h"

namespace whyzero::image {

/// Whole pixels: [left, left + width) × [top, top + height).
struct Rect {
  int64_t left = 0, top = 0, width = 0, height = 0;
};

// Boxes of the crop step. All may leave the picture for odd arguments: who cuts must check.
/// The central `fraction` of both sides as a real-valued box, for a Pillow resize.
Box central_box(int width, int height, double fraction);
/// A box in whole pixels, centred: sides rounded with halves up, left = floor((width − side) / 2).
Rect rounded_box(int width, int height, const Box& box);
/// As tf.image.central_crop rounds.
Rect tensorflow_central_rect(int width, int height, double fraction);
/// As torchvision's CenterCrop: left = (width − side) / 2, halves to even.
Rect center_rect(int width, int height, int64_t crop_width, int64_t crop_height);
/// The central square on the shorter side.
Rect square_rect(int width, int height);

/// Where a letterbox puts the resized picture: its size, and its offset in the result.
struct LetterboxPlace {
  int width = 0, height = 0, left = 0, top = 0;
};
LetterboxPlace letterbox_place(int source_width, int source_height, int width, int height);
/// The size that {"shorter": n} asks for: the shorter side n, the longer floor(n · long / short).
std::array<int64_t, 2> shorter_size(int width, int height, int64_t shorter);

/// Pixel (x, y) of the result is the source's, mirrored first, then transposed. Four turns and four mirrors are these.
struct Orientation {
  bool mirror_x = false, mirror_y = false, transpose = false;
  bool changes_anything() const { return mirror_x || mirror_y || transpose; }
};
/// What makes a picture with EXIF's tag 1…8 upright; nothing for other numbers.
Orientation upright_from_exif(int tag);
/// Clockwise degrees 90, 180 or 270; nothing for other numbers.
Orientation turned_clockwise(int degrees);
/// Moves width × height pixels of `pixel_bytes` bytes; `to` holds as many.
void orient_pixels(const uint8_t* from, uint8_t* to, int64_t width, int64_t height, size_t pixel_bytes, Orientation orientation);
Image8 oriented(const Image8& source, Orientation orientation);

/// Pillow's "L" of one pixel.
inline uint8_t gray_of(uint8_t r, uint8_t g, uint8_t b) {
  return static_cast<uint8_t>((r * 19595u + g * 38470u + b * 7471u + 0x8000u) >> 16);
}
inline float gray_of(float r, float g, float b) {
  const double sum = static_cast<double>(r) * 19595 + static_cast<double>(g) * 38470 + static_cast<double>(b) * 7471;
  return static_cast<float>(sum / 65536);
}

}  // namespace whyzero::image
