// The loops of OpenCV's bicubic resize, in two forms: fused instructions of the machine, or the same rounding by way of double.
#pragma once

#include <cstddef>
#include <cstdint>

namespace whyzero::image {

/// Orders in which four weighted pixels are added, named by their brackets; "fused" sums round once for product and sum.
enum class CubicSum {
  kSecondFirst,  // fused: ((p1 + p0) + p2) + p3
  kOuterInner,   // fused: (p3 + p0) + (p2 + p1)
  kHalves,       // (p0 + p1) + (p2 + p3)
  kEvenOdd,      // (p0 + p2) + (p1 + p3)
};

/// Places of one row: each takes four source pixels (`index`, in pixels) and their weights.
struct CubicPlaces {
  const int* index;
  const float* weight;
  size_t count;
};

struct CubicKernels {
  /// 1, 3 or 4 channels. Reads up to three elements behind a pixel and writes as many behind the last place.
  void (*columns_of_bytes)(const uint8_t* row, float* out, const CubicPlaces& places, size_t channels, CubicSum sum);
  void (*columns_of_reals)(const float* row, float* out, const CubicPlaces& places, size_t channels, CubicSum sum);
  /// Fused: (p1 + p0) + (p3 + p2).
  void (*rows)(const float* const* rows, const float* weight, float* out, size_t count);
  /// Rounded half to even and cut to 0…255.
  void (*to_bytes)(const float* from, uint8_t* to, size_t count);
};

/// What this machine runs fastest.
const CubicKernels& cubic_kernels();
/// For machines without fused instructions, and for tests against the other.
const CubicKernels& plain_cubic_kernels();

}  // namespace whyzero::image
