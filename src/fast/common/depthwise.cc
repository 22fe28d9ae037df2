// Depthwise sums: one body in vector types, compiled for each set of instructions.
#include "fast/common/depthwise.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace whyzero::fast {
namespace {

struct Range {
  int32_t begin, end;
};

/// Taps of the window at `first` (of the input) that lie inside.
WHYZERO_INLINE Range taps_inside(const ops::WindowAxis& axis, int64_t first) {
  const int64_t d = axis.dilation, begin = first >= 0 ? 0 : (-first + d - 1) / d;
  const int64_t end = first >= axis.in ? 0 : (axis.in - first + d - 1) / d;
  return {static_cast<int32_t>(std::min<int64_t>(begin, axis.filter)), static_cast<int32_t>(std::min<int64_t>(end, axis.filter))};
}

/// kPixels neighbouring pixels from x on, kLanes channels from c on. All taps of `columns` lie inside for every pixel.
template <size_t kLanes, size_t kPixels, class T>
WHYZERO_INLINE void pixels(const DepthwiseLine<T>& line, int64_t first_y, Range rows, int32_t x, Range columns, size_t c) {
  using V [[gnu::vector_size(kLanes * sizeof(T))]] = T;
  const ops::ConvGeometry& g = *line.geometry;
  const size_t channels = g.out_channels, step = static_cast<size_t>(g.x.stride) * channels;
  V sum[kPixels] = {};
  for (int32_t fy = rows.begin; fy < rows.end; ++fy) {
    const size_t row = static_cast<size_t>(first_y + int64_t{fy} * g.y.dilation) % line.in_rows * static_cast<size_t>(g.x.in);
    const int64_t column = int64_t{x} * g.x.stride - g.x.pad + int64_t{columns.begin} * g.x.dilation;
    const T* in = line.in + (row + static_cast<size_t>(column)) * channels + c;
    const T* weights = line.filter + static_cast<size_t>(int64_t{fy} * g.x.filter + columns.begin) * channels + c;
    for (int32_t fx = columns.begin; fx < columns.end; ++fx) {
      V weight;
      std::memcpy(&weight, weights, sizeof weight);
#pragma GCC unroll 4
      for (size_t p = 0; p < kPixels; ++p) {
        V value;
        std::memcpy(&value, in + p * step, sizeof value);
        sum[p] += value * weight;
      }
      in += static_cast<size_t>(g.x.dilation) * channels;
      weights += channels;
    }
  }
  T* out = line.sums + static_cast<size_t>(x) * channels + c;
  if constexpr (std::is_same_v<T, float>) {
    const V low = V{} + line.range.low, high = V{} + line.range.high;
    V bias;
    std::memcpy(&bias, line.bias + c, sizeof bias);
#pragma GCC unroll 4
    for (size_t p = 0; p < kPixels; ++p) {
      // As std::max and std::min choose: NaN stays NaN.
      V value = sum[p] + bias;
      value = value < low ? low : value;
      sum[p] = high < value ? high : value;
    }
  }
#pragma GCC unroll 4
  for (size_t p = 0; p < kPixels; ++p) std::memcpy(out + p * channels, &sum[p], sizeof(V));
}

template <size_t kLanes, class T>
WHYZERO_INLINE void line_body(const DepthwiseLine<T>& line, int32_t y) {
  constexpr int32_t kPixels = 4;
  const ops::ConvGeometry& g = *line.geometry;
  const int64_t first_y = int64_t{y} * g.y.stride - g.y.pad;
  const Range rows = taps_inside(g.y, first_y);
  const Range all{0, g.x.filter};
  auto columns_at = [&](int32_t x) __attribute__((always_inline)) { return taps_inside(g.x, int64_t{x} * g.x.stride - g.x.pad); };
  // Pixels from `left` to `right` see all columns of the filter.
  int32_t left = 0, right = g.x.out;
  while (left < right && columns_at(left).begin > 0) ++left;
  while (right > left && columns_at(right - 1).end < g.x.filter) --right;
  for (size_t c = 0; c < g.out_channels;) {
    // The last vector overlaps the one before.
    c = std::min(c, g.out_channels - kLanes);
    for (int32_t x = 0; x < left; ++x) pixels<kLanes, 1>(line, first_y, rows, x, columns_at(x), c);
    int32_t x = left;
    for (; x + kPixels <= right; x += kPixels) pixels<kLanes, kPixels>(line, first_y, rows, x, all, c);
    for (; x < right; ++x) pixels<kLanes, 1>(line, first_y, rows, x, all, c);
    for (; x < g.x.out; ++x) pixels<kLanes, 1>(line, first_y, rows, x, columns_at(x), c);
    c += kLanes;
  }
}

template <class T>
void run_plain(const DepthwiseLine<T>& line, int32_t y) {
  if (line.geometry->out_channels >= 4) line_body<4>(line, y);
  else line_body<1>(line, y);
}

#if WHYZERO_X86
template <class T>
WHYZERO_TARGET_AVX2 void run_avx2(const DepthwiseLine<T>& line, int32_t y) {
  if (line.geometry->out_channels >= 8) line_body<8>(line, y);
  else run_plain(line, y);
}
template <class T>
WHYZERO_TARGET_AVX512 void run_avx512(const DepthwiseLine<T>& line, int32_t y) {
  if (line.geometry->out_channels >= 16) line_body<16>(line, y);
  else if (line.geometry->out_channels >= 8) line_body<8>(line, y);
  else run_plain(line, y);
}
#endif

}  // namespace

template <class T>
DepthwiseRun<T> depthwise_run() {
#if WHYZERO_X86
  if (isa() == Isa::kAvx512) return run_avx512<T>;
  if (isa() == Isa::kAvx2) return run_avx2<T>;
#endif
  return run_plain<T>;
}
template DepthwiseRun<float> depthwise_run<float>();
template DepthwiseRun<int32_t> depthwise_run<int32_t>();

}  // namespace whyzero::fast
