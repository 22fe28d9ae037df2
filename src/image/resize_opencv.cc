// OpenCV's cv2.resize: nearest, bilinear, bicubic and Lanczos over 8×8 pixels, without antialiasing; bytes in fixed point.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <utility>

#include "image/resize_internal.h"

namespace whyzero::image {
namespace {

constexpr int kFractionBits = 11;

/// The taps of each place along one axis: indices into the source, borders repeated, and their weights.
struct Axis {
  int taps = 0;
  std::vector<int> index;     // size × taps
  std::vector<float> weight;  // size × taps
  const int* indices(size_t place) const { return index.data() + place * size_t(taps); }
};

void cubic_weights(float x, float* weight) {
  constexpr float a = -0.75f;
  const float y = x + 1, z = 1 - x;
  weight[0] = ((a * y - 5 * a) * y + 8 * a) * y - 4 * a;
  weight[1] = ((a + 2) * x - (a + 3)) * x * x + 1;
  weight[2] = ((a + 2) * z - (a + 3)) * z * z + 1;
  weight[3] = 1.f - weight[0] - weight[1] - weight[2];
}

/// sin(π(x+3−i)/4) by the angle-sum rule from one sine and cosine, divided by the squared distance and normalised.
void lanczos_weights(float x, float* weight) {
  constexpr double r = std::numbers::sqrt2 / 2;
  constexpr double turn[8][2] = {{1, 0}, {-r, -r}, {0, 1}, {r, -r}, {-1, 0}, {r, r}, {0, -1}, {-r, r}};
  const double start = -(x + 3) * std::numbers::pi * 0.25;
  const double s = std::sin(start), c = std::cos(start);
  float sum = 0;
  for (int i = 0; i < 8; i++) {
    const float distance = x + 3 - static_cast<float>(i);
    if (std::abs(distance) >= 1e-6f) {
      const double y = -distance * std::numbers::pi * 0.25;
      weight[i] = static_cast<float>((turn[i][0] * s + turn[i][1] * c) / (y * y));
    } else {
      weight[i] = 1e30f;  // takes all the weight when normalised
    }
    sum += weight[i];
  }
  sum = 1.f / sum;
  for (int i = 0; i < 8; i++) weight[i] *= sum;
}

/// clamped: a bilinear place outside the source's centres takes the border pixel alone (columns); rows keep both weights.
/// precise: places are computed in double, otherwise rounded to float32 before the fraction is taken.
Axis make_axis(int source, int size, Method method, bool clamped, bool precise) {
  Axis axis;
  axis.taps = method == Method::kLanczos ? 8 : method == Method::kBicubic ? 4 : 2;
  axis.index.resize(size_t(size) * size_t(axis.taps));
  axis.weight.resize(axis.index.size());
  const double inverse = static_cast<double>(size) / source, scale = 1 / inverse;
  for (int i = 0; i < size; i++) {
    float fraction;
    int first;
    if (method == Method::kArea) {  // an area that grows: bilinear only where a place lies across two source pixels
      first = static_cast<int>(std::floor(i * scale));
      fraction = static_cast<float>((i + 1) - (first + 1) * inverse);
      fraction = fraction <= 0 ? 0.f : fraction - std::floor(fraction);
    } else {
      const double place = (i + 0.5) * scale - 0.5;
      const double at = precise ? place : static_cast<float>(place);
      first = static_cast<int>(std::floor(at));
      fraction = static_cast<float>(at - first);
    }
    if (axis.taps == 2 && clamped && (first < 0 || first >= source - 1)) fraction = 0;
    int* index = axis.index.data() + size_t(i) * size_t(axis.taps);
    float* weight = axis.weight.data() + size_t(i) * size_t(axis.taps);
    for (int t = 0; t < axis.taps; t++) index[t] = std::clamp(first - axis.taps / 2 + 1 + t, 0, source - 1);
    if (axis.taps == 8) {
      lanczos_weights(fraction, weight);
    } else if (axis.taps == 4) {
      cubic_weights(fraction, weight);
    } else {
      weight[0] = 1.f - fraction;
      weight[1] = fraction;
    }
  }
  return axis;
}

std::vector<int> fixed_point(const std::vector<float>& weights) {
  std::vector<int> fixed(weights.size());
  for (size_t i = 0; i < weights.size(); i++) fixed[i] = static_cast<int>(std::lrint(weights[i] * (1 << kFractionBits)));
  return fixed;
}

/// One, or any number of, channels at a time.
template <int kTaps, int kChannels, class T, class Sum>
void columns_by_channel(const T* row, Sum* out, const int* index, const Sum* weight, size_t size, size_t any_channels) {
  const size_t channels = kChannels ? size_t(kChannels) : any_channels;
  for (size_t i = 0; i < size; i++, index += kTaps, weight += kTaps) {
    for (size_t c = 0; c < channels; c++) {
      Sum sum = static_cast<Sum>(row[size_t(index[0]) * channels + c]) * weight[0];
      for (int t = 1; t < kTaps; t++) sum += static_cast<Sum>(row[size_t(index[t]) * channels + c]) * weight[t];
      *out++ = sum;
    }
  }
}

/// Three or four channels as the lanes of a vector; of three the fourth is overwritten by the next pixel.
template <int kTaps, int kChannels, class T, class Sum>
inline __attribute__((always_inline)) void columns_by_pixel(const T* row, Sum* out, const int* index, const Sum* weight, size_t size) {
  typedef T Small __attribute__((vector_size(4 * sizeof(T))));
  typedef Sum Wide __attribute__((vector_size(4 * sizeof(Sum))));
  const auto pixel = [row](int place) {
    Small lanes;
    std::memcpy(&lanes, row + size_t(place) * kChannels, sizeof lanes);
    return __builtin_convertvector(lanes, Wide);
  };
  for (size_t i = 0; i < size; i++, index += kTaps, weight += kTaps, out += kChannels) {
    Wide sum = pixel(index[0]) * weight[0];
    for (int t = 1; t < kTaps; t++) sum += pixel(index[t]) * weight[t];
    std::memcpy(out, &sum, sizeof sum);
  }
}

// Bytes need AVX2's multiplication of 32-bit lanes to gain from vectors; real numbers do not.
WHYZERO_IMAGE_CLONES void columns_8_3(const uint8_t* row, int* out, const int* index, const int* weight, size_t size) {
  columns_by_pixel<8, 3>(row, out, index, weight, size);
}
WHYZERO_IMAGE_CLONES void columns_8_4(const uint8_t* row, int* out, const int* index, const int* weight, size_t size) {
  columns_by_pixel<8, 4>(row, out, index, weight, size);
}

template <int kTaps, int kChannels>
void columns_of_pixels(const uint8_t* row, int* out, const int* index, const int* weight, size_t size) {
  if constexpr (kTaps == 8) return (kChannels == 3 ? columns_8_3 : columns_8_4)(row, out, index, weight, size);
  columns_by_pixel<kTaps, kChannels>(row, out, index, weight, size);
}
template <int kTaps, int kChannels>
void columns_of_pixels(const float* row, float* out, const int* index, const float* weight, size_t size) {
  columns_by_pixel<kTaps, kChannels>(row, out, index, weight, size);
}

template <int kTaps, class T, class Sum>
void columns_of_row(const T* row, Sum* out, const int* index, const Sum* weight, size_t size, size_t channels) {
  if (channels == 3) {
    columns_of_pixels<kTaps, 3>(row, out, index, weight, size);
  } else if (channels == 4) {
    columns_of_pixels<kTaps, 4>(row, out, index, weight, size);
  } else if (channels == 1) {
    columns_by_channel<kTaps, 1>(row, out, index, weight, size, channels);
  } else {
    columns_by_channel<kTaps, 0>(row, out, index, weight, size, channels);
  }
}

/// Bicubic bytes, in groups of eight through float32.
size_t blend_4_by_groups(const int* const* rows, const int* weight, uint8_t* out, size_t count) {
  constexpr float kScale = 1.f / (1 << (2 * kFractionBits));
  float scaled[4];
  for (int t = 0; t < 4; t++) scaled[t] = static_cast<float>(weight[t]) * kScale;
  const size_t grouped = count / 8 * 8;
  for (size_t i = 0; i < grouped; i++) {
    float sum = static_cast<float>(rows[3][i]) * scaled[3];
    for (int t = 2; t >= 0; t--) sum += static_cast<float>(rows[t][i]) * scaled[t];
    out[i] = static_cast<uint8_t>(std::clamp(std::lrint(sum), 0l, 255l));
  }
  return grouped;
}

/// Lanczos bytes: the sum wraps where OpenCV's 32-bit sum does.
WHYZERO_IMAGE_CLONES void blend_8(const int* const* rows, const int* weight, uint8_t* __restrict out, size_t count) {
  uint32_t w[8];
  for (int t = 0; t < 8; t++) w[t] = static_cast<uint32_t>(weight[t]);
  const int *r0 = rows[0], *r1 = rows[1], *r2 = rows[2], *r3 = rows[3], *r4 = rows[4], *r5 = rows[5], *r6 = rows[6], *r7 = rows[7];
  const auto times = [](int value, uint32_t by) { return static_cast<uint32_t>(value) * by; };
  for (size_t i = 0; i < count; i++) {
    uint32_t sum = 1u << (2 * kFractionBits - 1);
    sum += times(r0[i], w[0]) + times(r1[i], w[1]) + times(r2[i], w[2]) + times(r3[i], w[3]);
    sum += times(r4[i], w[4]) + times(r5[i], w[5]) + times(r6[i], w[6]) + times(r7[i], w[7]);
    out[i] = static_cast<uint8_t>(std::clamp(static_cast<int>(sum) >> (2 * kFractionBits), 0, 255));
  }
}

void blend_rest_of_4(const int* const* rows, const int* weight, uint8_t* out, size_t from, size_t count) {
  for (size_t i = from; i < count; i++) {
    uint32_t sum = 1u << (2 * kFractionBits - 1);
    for (int t = 0; t < 4; t++) sum += static_cast<uint32_t>(rows[t][i]) * static_cast<uint32_t>(weight[t]);
    out[i] = static_cast<uint8_t>(std::clamp(static_cast<int>(sum) >> (2 * kFractionBits), 0, 255));
  }
}

void blend(const int* const* rows, const int* weight, int taps, uint8_t* out, size_t count) {
  if (taps == 8) {
    blend_8(rows, weight, out, count);
  } else {
    blend_rest_of_4(rows, weight, out, blend_4_by_groups(rows, weight, out, count), count);
  }
}

void blend(const float* const* rows, const float* weight, int taps, float* out, size_t count) {
  for (size_t i = 0; i < count; i++) {
    float sum = rows[taps - 1][i] * weight[taps - 1];
    for (int t = taps - 2; t >= 0; t--) sum += rows[t][i] * weight[t];
    out[i] = sum;
  }
}

/// Source rows after their columns are resized, each computed once: a place's rows are `taps` neighbours, so a ring holds them.
template <class T, class Sum>
Pixels<T> resize_separable(const Pixels<T>& source, const Axis& columns, const std::vector<Sum>& column_weights, const Axis& rows,
                           const std::vector<Sum>& row_weights) {
  const int taps = columns.taps;
  const size_t width = columns.index.size() / size_t(taps), height = rows.index.size() / size_t(taps);
  Pixels<T> out(static_cast<int>(width), static_cast<int>(height), source.channels);
  const size_t count = width * size_t(source.channels);
  const size_t stride = count + kSpareLanes;
  const std::vector<T> last_row = last_row_with_room(source);
  std::vector<Sum> ring(stride * size_t(taps));
  std::vector<int> held(size_t(taps), -1);
  const Sum* selected[8] = {};
  for (size_t y = 0; y < height; y++) {
    for (int t = 0; t < taps; t++) {
      const int row = rows.indices(y)[t];
      const size_t slot = static_cast<size_t>(row % taps);
      Sum* kept = ring.data() + slot * stride;
      if (held[slot] != row) {
        const T* from = row == source.height - 1 ? last_row.data() : source.at(0, row);
        const size_t channels = static_cast<size_t>(source.channels);
        if (taps == 2) {
          columns_of_row<2>(from, kept, columns.index.data(), column_weights.data(), width, channels);
        } else if (taps == 4) {
          columns_of_row<4>(from, kept, columns.index.data(), column_weights.data(), width, channels);
        } else {
          columns_of_row<8>(from, kept, columns.index.data(), column_weights.data(), width, channels);
        }
        held[slot] = row;
      }
      selected[t] = kept;
    }
    blend(selected, row_weights.data() + y * size_t(taps), taps, out.at(0, static_cast<int>(y)), count);
  }
  return out;
}

std::vector<int> nearest_places(int source, int size) {
  std::vector<int> places(static_cast<size_t>(size));
  const double step = 1 / (static_cast<double>(size) / source);
  for (int i = 0; i < size; i++) places[size_t(i)] = std::min(static_cast<int>(std::floor(i * step)), source - 1);
  return places;
}

template <class T>
bool halves(const Pixels<T>& source, int width, int height) {
  return source.width == 2 * int64_t(width) && source.height == 2 * int64_t(height);
}

template <class T>
bool is_area(const Pixels<T>& source, int width, int height, Method method) {
  if (method == Method::kBilinear) return halves(source, width, height);
  return method == Method::kArea && width <= source.width && height <= source.height;
}

/// Intel's IPP takes these pictures; OpenCV's own loops take the others.
template <class T>
bool is_fast(const Pixels<T>& source, int taps) {
  return (source.channels == 1 || source.channels == 3 || source.channels == 4) && source.width >= taps && source.height >= taps;
}

}  // namespace

Image8 resize_opencv(const Image8& source, int width, int height, Method method) {
  if (width == source.width && height == source.height) return source;
  if (method == Method::kNearest) {
    return gather_pixels(source, nearest_places(source.width, width), nearest_places(source.height, height));
  }
  if (is_area(source, width, height, method)) return resize_opencv_area(source, width, height);
  if (method == Method::kBicubic && is_fast(source, 4)) return resize_opencv_cubic(source, width, height);
  const Axis columns = make_axis(source.width, width, method, true, false);
  const Axis rows = make_axis(source.height, height, method, false, false);
  std::vector<int> across = fixed_point(columns.weight), down = fixed_point(rows.weight);
  if (columns.taps == 2) {
    return resize_opencv_linear(source, {columns.index, std::move(across)}, {rows.index, std::move(down)});
  }
  return resize_separable(source, columns, across, rows, down);
}

ImageF resize_opencv(const ImageF& source, int width, int height, Method method) {
  if (width == source.width && height == source.height) return source;
  if (method == Method::kNearest) {
    return gather_pixels(source, nearest_places(source.width, width), nearest_places(source.height, height));
  }
  if (is_area(source, width, height, method)) return resize_opencv_area(source, width, height);
  if (method == Method::kBicubic && is_fast(source, 4)) return resize_opencv_cubic(source, width, height);
  const bool precise = method == Method::kBilinear && is_fast(source, 2);
  const Axis columns = make_axis(source.width, width, method, true, precise);
  const Axis rows = make_axis(source.height, height, method, false, precise);
  return resize_separable(source, columns, columns.weight, rows, rows.weight);
}

}  // namespace whyzero::image
