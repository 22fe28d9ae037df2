// Bicubic loops for any machine: a product and a sum that are rounded once, computed in double.
#include <algorithm>
#include <cmath>

#include "image/resize_internal.h"
#include "image/resize_opencv_cubic.h"

namespace whyzero::image {
namespace {

/// a·b + c rounded once. The product of two float32 is exact in double, and so nearly always is the sum.
inline float fused(float a, float b, float c) {
  return static_cast<float>(static_cast<double>(a) * static_cast<double>(b) + static_cast<double>(c));
}

template <CubicSum kSum>
inline float add(float p0, float p1, float p2, float p3, const float* w) {
  if constexpr (kSum == CubicSum::kSecondFirst) return fused(p3, w[3], fused(p2, w[2], fused(p0, w[0], p1 * w[1])));
  if constexpr (kSum == CubicSum::kOuterInner) return fused(p0, w[0], p3 * w[3]) + fused(p1, w[1], p2 * w[2]);
  if constexpr (kSum == CubicSum::kHalves) return (p0 * w[0] + p1 * w[1]) + (p2 * w[2] + p3 * w[3]);
  return (p0 * w[0] + p2 * w[2]) + (p1 * w[1] + p3 * w[3]);
}

template <CubicSum kSum, class T>
void columns(const T* row, float* out, const CubicPlaces& places, size_t channels) {
  for (size_t i = 0; i < places.count; i++) {
    const int* index = places.index + i * 4;
    const auto pixel = [&](int t, size_t c) { return static_cast<float>(row[size_t(index[t]) * channels + c]); };
    for (size_t c = 0; c < channels; c++) {
      *out++ = add<kSum>(pixel(0, c), pixel(1, c), pixel(2, c), pixel(3, c), places.weight + i * 4);
    }
  }
}

template <class T>
void columns(const T* row, float* out, const CubicPlaces& places, size_t channels, CubicSum sum) {
  switch (sum) {
    case CubicSum::kSecondFirst:
      return columns<CubicSum::kSecondFirst>(row, out, places, channels);
    case CubicSum::kOuterInner:
      return columns<CubicSum::kOuterInner>(row, out, places, channels);
    case CubicSum::kHalves:
      return columns<CubicSum::kHalves>(row, out, places, channels);
    case CubicSum::kEvenOdd:
      return columns<CubicSum::kEvenOdd>(row, out, places, channels);
  }
}

void rows(const float* const* rows, const float* weight, float* out, size_t count) {
  const float *r0 = rows[0], *r1 = rows[1], *r2 = rows[2], *r3 = rows[3];
  for (size_t i = 0; i < count; i++) {
    out[i] = fused(r0[i], weight[0], r1[i] * weight[1]) + fused(r2[i], weight[2], r3[i] * weight[3]);
  }
}

void to_bytes(const float* from, uint8_t* to, size_t count) {
  for (size_t i = 0; i < count; i++) to[i] = static_cast<uint8_t>(std::clamp(std::lrint(from[i]), 0l, 255l));
}

}  // namespace

const CubicKernels& plain_cubic_kernels() {
  static constexpr CubicKernels kernels = {columns<uint8_t>, columns<float>, rows, to_bytes};
  return kernels;
}

}  // namespace whyzero::image
