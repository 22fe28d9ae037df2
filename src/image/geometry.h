// Cropping, turning, padding and channel order of pictures: what pipeline steps do beside resizing.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "image/image.h"
#include "whyzero/result.h"

namespace whyzero::image {

/// Whole pixels: [left, left + width) × [top, top + height).
struct Rect {
  int64_t left = 0, top = 0, width = 0, height = 0;
};

// Boxes of the crop step. All may leave the picture for odd arguments; crop() checks.
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

/// kShapeMismatch where the rectangle is empty or leaves the picture.
template <class T>
Result<Pixels<T>> crop(const Pixels<T>& source, const Rect& rect);

/// Degrees clockwise: 90, 180 or 270; anything else gives the picture back.
template <class T>
Pixels<T> rotate(const Pixels<T>& source, int degrees);
template <class T>
Pixels<T> flip_horizontal(const Pixels<T>& source);
template <class T>
Pixels<T> flip_vertical(const Pixels<T>& source);
/// Turns a picture upright by EXIF's orientation 1…8.
template <class T>
Pixels<T> apply_exif(const Pixels<T>& source, int orientation);

/// Where a letterbox puts the resized picture: its size, and its offset in the result.
struct LetterboxPlace {
  int width = 0, height = 0, left = 0, top = 0;
};
LetterboxPlace letterbox_place(int source_width, int source_height, int width, int height);
/// `small` on a canvas of `fill`; the place is letterbox_place's.
template <class T>
Pixels<T> paste(const Pixels<T>& small, int width, int height, const LetterboxPlace& place, T fill);

/// The size that {"shorter": n} asks for: the shorter side n, the longer floor(n · long / short).
std::array<int64_t, 2> shorter_size(int width, int height, int64_t shorter);

enum class Order { kRgb, kBgr, kGray, kGray3, kRgba, kBgra, kArgb };
std::optional<Order> order_from_name(std::string_view name);
int channels_of(Order order);

/// Pillow's "L" of one pixel.
inline uint8_t gray_of(uint8_t r, uint8_t g, uint8_t b) {
  return static_cast<uint8_t>((r * 19595u + g * 38470u + b * 7471u + 0x8000u) >> 16);
}
inline float gray_of(float r, float g, float b) {
  const double sum = static_cast<double>(r) * 19595 + static_cast<double>(g) * 38470 + static_cast<double>(b) * 7471;
  return static_cast<float>(sum / 65536);
}

/// Channels of `from` in the order `to`; alpha is 255, gray becomes equal channels. kShapeMismatch where the picture has fewer
/// channels than `from`; surplus ones are dropped.
template <class T>
Result<Pixels<T>> reorder(const Pixels<T>& source, Order from, Order to);

}  // namespace whyzero::image
