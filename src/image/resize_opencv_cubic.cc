// OpenCV's INTER_CUBIC as its x86-64 builds run it for 1, 3 and 4 channels: Intel's IPP, in float32 without rounding between the
// axes. The order of the sums was measured, because it decides which way a byte that lies on a half is rounded: inside, where all
// four taps lie in the picture, it is another than at the border.
#include "image/resize_opencv_cubic.h"

#include <algorithm>
#include <cmath>

#include "image/resize_internal.h"

namespace whyzero::image {
namespace {

constexpr int kTaps = 4;

struct Axis {
  std::vector<int> index;     // size × 4, border repeated
  std::vector<float> weight;  // size × 4
  size_t inner = 0, inner_end = 0;  // places of which no tap leaves the source
};

double cubic(double x) {
  constexpr double a = -0.75;
  return x < 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : (((x - 5) * x + 8) * x - 4) * a;
}

Axis make_axis(int source, int size) {
  Axis axis;
  const double scale = static_cast<double>(source) / size;
  for (int i = 0; i < size; i++) {
    const double at = (i + 0.5) * scale - 0.5;
    const int first = static_cast<int>(std::floor(at)) - 1;
    // The distance to the first tap is kept in float32, which leaves the fraction 23 bits.
    const double fraction = static_cast<float>(at - (first + 1)) + 1.f - 1.f;
    for (int t = 0; t < kTaps; t++) {
      axis.index.push_back(std::clamp(first + t, 0, source - 1));
      axis.weight.push_back(static_cast<float>(cubic(std::abs(fraction + 1 - t))));
    }
    if (first < 0) axis.inner = size_t(i) + 1;
    if (first + kTaps <= source) axis.inner_end = size_t(i) + 1;
  }
  axis.inner_end = std::max(axis.inner, axis.inner_end);
  return axis;
}

void columns_of(const CubicKernels& kernels, const uint8_t* row, float* out, const CubicPlaces& places, size_t channels, CubicSum sum) {
  kernels.columns_of_bytes(row, out, places, channels, sum);
}
void columns_of(const CubicKernels& kernels, const float* row, float* out, const CubicPlaces& places, size_t channels, CubicSum sum) {
  kernels.columns_of_reals(row, out, places, channels, sum);
}

/// Of one channel, IPP takes columns four at a time and adds what is left over differently.
template <class T>
void resize_columns(const T* row, float* out, const Axis& axis, size_t channels, bool border_row) {
  const CubicKernels& kernels = cubic_kernels();
  const auto run = [&](size_t first, size_t last, CubicSum sum) {
    const CubicPlaces places{axis.index.data() + first * kTaps, axis.weight.data() + first * kTaps, last - first};
    if (first < last) columns_of(kernels, row, out + first * channels, places, channels, sum);
  };
  const size_t size = axis.index.size() / kTaps;
  if (border_row) return run(0, size, CubicSum::kSecondFirst);
  const size_t grouped_end = axis.inner + (axis.inner_end - axis.inner) / 4 * 4;
  run(0, axis.inner, CubicSum::kSecondFirst);
  run(axis.inner, grouped_end, channels == 1 ? CubicSum::kHalves : CubicSum::kOuterInner);
  run(grouped_end, axis.inner_end, channels == 1 ? CubicSum::kEvenOdd : CubicSum::kOuterInner);
  run(axis.inner_end, size, CubicSum::kSecondFirst);
}

void sum_border(const float* const* rows, const float* w, float* out, size_t first, size_t last) {
  for (size_t i = first; i < last; i++) out[i] = (rows[0][i] * w[0] + rows[2][i] * w[2]) + (rows[1][i] * w[1] + rows[3][i] * w[3]);
}

void store(const std::vector<float>& sums, uint8_t* to, size_t count) { cubic_kernels().to_bytes(sums.data(), to, count); }
void store(const std::vector<float>& sums, float* to, size_t count) { std::copy_n(sums.data(), count, to); }

template <class T>
Pixels<T> resize_any(const Pixels<T>& source, int width, int height) {
  const Axis columns = make_axis(source.width, width), rows = make_axis(source.height, height);
  Pixels<T> out(width, height, source.channels);
  const size_t channels = static_cast<size_t>(source.channels), count = size_t(width) * channels, stride = count + kSpareLanes;
  const std::vector<T> last_row = last_row_with_room(source);
  std::vector<float> ring(stride * kTaps), border(stride * kTaps), sums(count);
  std::vector<int> held(kTaps, -1);
  for (int y = 0; y < height; y++) {
    const int* index = rows.index.data() + size_t(y) * kTaps;
    const float* weight = rows.weight.data() + size_t(y) * kTaps;
    const bool border_row = size_t(y) < rows.inner || size_t(y) >= rows.inner_end;
    const float* selected[kTaps];
    for (int t = 0; t < kTaps; t++) {
      const size_t slot = border_row ? size_t(t) : size_t(index[t] % kTaps);
      float* kept = (border_row ? border.data() : ring.data()) + slot * stride;
      if (border_row || held[slot] != index[t]) {
        const T* row = index[t] == source.height - 1 ? last_row.data() : source.at(0, index[t]);
        resize_columns(row, kept, columns, channels, border_row);
        if (!border_row) held[slot] = index[t];
      }
      selected[t] = kept;
    }
    if (border_row) {
      sum_border(selected, weight, sums.data(), 0, count);
    } else {
      cubic_kernels().rows(selected, weight, sums.data(), count);
      sum_border(selected, weight, sums.data(), 0, columns.inner * channels);
      sum_border(selected, weight, sums.data(), columns.inner_end * channels, count);
    }
    store(sums, out.at(0, y), count);
  }
  return out;
}

}  // namespace

Image8 resize_opencv_cubic(const Image8& source, int width, int height) { return resize_any(source, width, height); }

ImageF resize_opencv_cubic(const ImageF& source, int width, int height) { return resize_any(source, width, height); }

}  // namespace whyzero::image
