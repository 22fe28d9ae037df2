// Cropping, turning, padding and channel order of pictures.
#include "image/geometry.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace whyzero::image {
namespace {

constexpr std::array<std::pair<std::string_view, Order>, 7> kOrders = {{{"rgb", Order::kRgb},
                                                                        {"bgr", Order::kBgr},
                                                                        {"gray", Order::kGray},
                                                                        {"gray3", Order::kGray3},
                                                                        {"rgba", Order::kRgba},
                                                                        {"bgra", Order::kBgra},
                                                                        {"argb", Order::kArgb}}};

/// Where red, green, blue and alpha stand; −1 where there is none.
std::array<int, 4> places_of(Order order) {
  switch (order) {
    case Order::kBgr:
      return {2, 1, 0, -1};
    case Order::kRgba:
      return {0, 1, 2, 3};
    case Order::kBgra:
      return {2, 1, 0, 3};
    case Order::kArgb:
      return {1, 2, 3, 0};
    case Order::kGray:
    case Order::kGray3:
      return {0, 0, 0, -1};
    default:
      return {0, 1, 2, -1};
  }
}

bool is_gray(Order order) { return order == Order::kGray || order == Order::kGray3; }

/// NumPy and this: the result's pixel (x, y) is the source's pixel at start + x · right + y · down, counted in pixels.
template <class T>
Pixels<T> walk(const Pixels<T>& source, int width, int height, int64_t start, int64_t right, int64_t down) {
  Pixels<T> out(width, height, source.channels);
  const size_t channels = static_cast<size_t>(source.channels);
  T* to = out.data.data();
  for (int y = 0; y < height; y++) {
    for (int x = 0; x < width; x++) {
      const T* from = source.data.data() + static_cast<size_t>(start + x * right + y * down) * channels;
      for (size_t c = 0; c < channels; c++) *to++ = from[c];
    }
  }
  return out;
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

template <class T>
Result<Pixels<T>> crop(const Pixels<T>& source, const Rect& rect) {
  const bool inside = rect.left >= 0 && rect.top >= 0 && rect.width >= 1 && rect.height >= 1 && rect.width <= source.width &&
                      rect.height <= source.height && rect.left <= source.width - rect.width &&
                      rect.top <= source.height - rect.height;
  if (!inside) {
    return fail(ErrorCode::kShapeMismatch,
                fmt::format("the crop box [left {}, top {}, width {}, height {}] is empty or leaves the {}x{} picture", rect.left,
                            rect.top, rect.width, rect.height, source.width, source.height));
  }
  return walk(source, static_cast<int>(rect.width), static_cast<int>(rect.height), rect.top * source.width + rect.left, 1,
              source.width);
}

template <class T>
Pixels<T> rotate(const Pixels<T>& source, int degrees) {
  const int64_t w = source.width, h = source.height;
  if (degrees == 90) return walk(source, source.height, source.width, (h - 1) * w, -w, 1);
  if (degrees == 180) return walk(source, source.width, source.height, h * w - 1, -1, -w);
  if (degrees == 270) return walk(source, source.height, source.width, w - 1, w, -1);
  return source;
}

template <class T>
Pixels<T> flip_horizontal(const Pixels<T>& source) {
  return walk(source, source.width, source.height, source.width - 1, -1, source.width);
}

template <class T>
Pixels<T> flip_vertical(const Pixels<T>& source) {
  const int64_t w = source.width;
  return walk(source, source.width, source.height, (source.height - 1) * w, 1, -w);
}

template <class T>
Pixels<T> apply_exif(const Pixels<T>& source, int orientation) {
  const int64_t w = source.width, h = source.height;
  switch (orientation) {
    case 2:
      return flip_horizontal(source);
    case 3:
      return rotate(source, 180);
    case 4:
      return flip_vertical(source);
    case 5:  // mirrored at the main diagonal
      return walk(source, source.height, source.width, 0, w, 1);
    case 6:
      return rotate(source, 90);
    case 7:  // mirrored at the other diagonal
      return walk(source, source.height, source.width, w * h - 1, -w, -1);
    case 8:
      return rotate(source, 270);
    default:
      return source;
  }
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

template <class T>
Pixels<T> paste(const Pixels<T>& small, int width, int height, const LetterboxPlace& place, T fill) {
  Pixels<T> out(width, height, small.channels);
  std::fill(out.data.begin(), out.data.end(), fill);
  const size_t count = static_cast<size_t>(small.width) * static_cast<size_t>(small.channels);
  for (int y = 0; y < small.height; y++) std::copy_n(small.at(0, y), count, out.at(place.left, place.top + y));
  return out;
}

std::array<int64_t, 2> shorter_size(int width, int height, int64_t shorter) {
  const double n = static_cast<double>(shorter);
  if (width <= height) return {shorter, static_cast<int64_t>(n * height / width)};
  return {static_cast<int64_t>(n * width / height), shorter};
}

std::optional<Order> order_from_name(std::string_view name) {
  for (const auto& [known, order] : kOrders) {
    if (known == name) return order;
  }
  return std::nullopt;
}

int channels_of(Order order) {
  if (order == Order::kGray) return 1;
  return places_of(order)[3] >= 0 ? 4 : 3;
}

template <class T>
Result<Pixels<T>> reorder(const Pixels<T>& source, Order from, Order to) {
  if (from == to) return source;
  if (source.channels < channels_of(from)) {
    return fail(ErrorCode::kShapeMismatch, fmt::format("the picture has {} channels, its order \"{}\" needs {}", source.channels,
                                                       kOrders[static_cast<size_t>(from)].first, channels_of(from)));
  }
  Pixels<T> out(source.width, source.height, channels_of(to));
  const std::array<int, 4> in = places_of(from), at = places_of(to);
  const size_t count = static_cast<size_t>(source.width) * static_cast<size_t>(source.height);
  const T* pixel = source.data.data();
  T* result = out.data.data();
  for (size_t i = 0; i < count; i++, pixel += source.channels, result += out.channels) {
    const T r = pixel[in[0]], g = pixel[in[1]], b = pixel[in[2]];
    if (is_gray(to)) {
      const T gray = is_gray(from) ? r : gray_of(r, g, b);
      std::fill_n(result, out.channels, gray);
    } else {
      result[at[0]] = r;
      result[at[1]] = g;
      result[at[2]] = b;
      if (at[3] >= 0) result[at[3]] = T{255};
    }
  }
  return out;
}

#define WHYZERO_IMAGE_INSTANCES(T)                                                                  \
  template Result<Pixels<T>> crop(const Pixels<T>&, const Rect&);                                   \
  template Pixels<T> rotate(const Pixels<T>&, int);                                                 \
  template Pixels<T> flip_horizontal(const Pixels<T>&);                                             \
  template Pixels<T> flip_vertical(const Pixels<T>&);                                               \
  template Pixels<T> apply_exif(const Pixels<T>&, int);                                             \
  template Pixels<T> paste(const Pixels<T>&, int, int, const LetterboxPlace&, T);                   \
  template Result<Pixels<T>> reorder(const Pixels<T>&, Order, Order);
WHYZERO_IMAGE_INSTANCES(uint8_t)
WHYZERO_IMAGE_INSTANCES(float)
#undef WHYZERO_IMAGE_INSTANCES

}  // namespace whyzero::image
