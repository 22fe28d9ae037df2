// What the resizers of the three libraries share: the functions that resize.cc chooses among, and the loop attribute.
#pragma once

#include <algorithm>
#include <cstring>

#include "image/resize.h"

// One more copy of a hot loop for machines with AVX2, chosen when the program starts. The sanitizers' start-up code does not
// stand the choosing.
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && \
    !defined(__clang__)
#define WHYZERO_IMAGE_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define WHYZERO_IMAGE_CLONES
#endif

namespace whyzero::image {

/// The box lies inside the source, sizes are positive: resize.cc has checked them.
Image8 resize_pillow(const Image8& source, int width, int height, Method method, const Box& box);
ImageF resize_pillow(const ImageF& source, int width, int height, Method method, const Box& box);

Image8 resize_opencv(const Image8& source, int width, int height, Method method);
ImageF resize_opencv(const ImageF& source, int width, int height, Method method);

/// Two source pixels a place and their weights of 11 bits.
struct LinearAxis {
  std::vector<int> index, weight;
};
Image8 resize_opencv_linear(const Image8& source, const LinearAxis& across, const LinearAxis& down);
/// INTER_CUBIC of 1, 3 or 4 channels.
Image8 resize_opencv_cubic(const Image8& source, int width, int height);
ImageF resize_opencv_cubic(const ImageF& source, int width, int height);

/// INTER_AREA where neither side grows.
Image8 resize_opencv_area(const Image8& source, int width, int height);
ImageF resize_opencv_area(const ImageF& source, int width, int height);

/// Nearest only.
Image8 resize_tensorflow(const Image8& source, int width, int height, Library library);
ImageF resize_tensorflow(const ImageF& source, int width, int height, Method method, Library library);
/// TensorFlow's kernel-based resize: bilinear and bicubic with antialias, lanczos3 with and without.
ImageF resize_tensorflow_kernel(const ImageF& source, int width, int height, Method method, bool antialias);

/// Loops that take a pixel's channels as the lanes of one vector read and write up to so many elements behind the pixel.
constexpr size_t kSpareLanes = 4;

/// The last row, with room behind it for such loops; behind the others the next row lies.
template <class T>
std::vector<T> last_row_with_room(const Pixels<T>& source) {
  std::vector<T> row(source.at(0, source.height - 1), source.data.data() + source.data.size());
  row.resize(row.size() + kSpareLanes);
  return row;
}

/// Four numbers of a pixel as real lanes.
typedef float RealLanes __attribute__((vector_size(16)));
inline __attribute__((always_inline)) RealLanes real_lanes(const uint8_t* pixel) {
  typedef uint8_t Bytes __attribute__((vector_size(4)));
  typedef int32_t Integers __attribute__((vector_size(16)));
  Bytes bytes;
  std::memcpy(&bytes, pixel, sizeof bytes);
  return __builtin_convertvector(__builtin_convertvector(bytes, Integers), RealLanes);
}
inline __attribute__((always_inline)) RealLanes real_lanes(const float* pixel) {
  RealLanes lanes;
  std::memcpy(&lanes, pixel, sizeof lanes);
  return lanes;
}

/// Rounded half to even and clamped to a byte. Numbers far beyond bytes are clamped first: adding 1.5 · 2^23 rounds those below 2^22.
inline __attribute__((always_inline)) void store_rounded(const float* __restrict from, uint8_t* __restrict to, size_t count) {
  constexpr float kRounder = 12582912.f;
  for (size_t i = 0; i < count; i++) {
    const float clamped = std::min(std::max(from[i], -1.f), 256.f);
    const int rounded = static_cast<int>((clamped + kRounder) - kRounder);
    to[i] = static_cast<uint8_t>(std::min(std::max(rounded, 0), 255));
  }
}
inline __attribute__((always_inline)) void store_rounded(const float* __restrict from, float* __restrict to, size_t count) {
  std::copy_n(from, count, to);
}

template <size_t kChannels, class T>
void gather_row(const T* from, const std::vector<int>& columns, T* to) {
  for (int x : columns) {
    if (x >= 0) std::copy_n(from + size_t(x) * kChannels, kChannels, to);
    to += kChannels;
  }
}

/// Each place of the result takes one pixel of the source, −1: none (zeros).
template <class T>
Pixels<T> gather_pixels(const Pixels<T>& source, const std::vector<int>& columns, const std::vector<int>& rows) {
  Pixels<T> out(static_cast<int>(columns.size()), static_cast<int>(rows.size()), source.channels);
  const size_t channels = static_cast<size_t>(source.channels);
  const auto empty = [](int place) { return place < 0; };
  const bool full = channels == 3 && sizeof(T) == 1 && std::none_of(columns.begin(), columns.end(), empty) && std::none_of(rows.begin(), rows.end(), empty);
  for (size_t y = 0; y < rows.size(); y++) {
    if (rows[y] < 0) continue;
    const T* from = source.at(0, rows[y]);
    T* to = out.at(0, static_cast<int>(y));
    if (full && y + 1 < rows.size() && rows[y] + 1 < source.height) {
      // Four bytes move at once; the fourth is overwritten by the next pixel, in the end by the next row.
      for (int x : columns) {
        std::memcpy(to, from + size_t(x) * 3, 4);
        to += 3;
      }
    } else if (channels == 1) {
      gather_row<1>(from, columns, to);
    } else if (channels == 3) {
      gather_row<3>(from, columns, to);
    } else if (channels == 4) {
      gather_row<4>(from, columns, to);
    } else {
      for (size_t i = 0; i < columns.size(); i++) {
        if (columns[i] >= 0) std::copy_n(from + size_t(columns[i]) * channels, channels, to + i * channels);
      }
    }
  }
  return out;
}

}  // namespace whyzero::image
