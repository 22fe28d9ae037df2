// Float tiles: one body in vector types, compiled for each set of instructions.
#include <cstring>

#include "fast/common/tile.h"

namespace whyzero::fast {
namespace {

static_assert(kPanel == 16);

template <size_t kLanes, size_t kRows, size_t kPanels>
WHYZERO_INLINE void run_body(const FloatTile& t) {
  using V [[gnu::vector_size(kLanes * sizeof(float))]] = float;
  constexpr size_t kPanelVectors = kPanel / kLanes, kVectors = kPanels * kPanelVectors;
  V sum[kRows][kVectors] = {};
  const float* b = t.panel;
  for (size_t tap = 0; tap < t.taps; ++tap) {
    const float* a[kRows];
    for (size_t r = 0; r < kRows; ++r) a[r] = t.rows[tap * kRows + r];
    for (size_t k = 0; k < t.units; ++k, b += kPanel) {
#pragma GCC unroll 16
      for (size_t v = 0; v < kVectors; ++v) {
        V w;
        std::memcpy(&w, b + v / kPanelVectors * t.panel_stride + v % kPanelVectors * kLanes, sizeof w);
#pragma GCC unroll 8
        for (size_t r = 0; r < kRows; ++r) sum[r][v] += a[r][k] * w;
      }
    }
  }
  const V low = V{} + t.range.low, high = V{} + t.range.high;
  const float* bias = t.bias + t.column;
  constexpr size_t kWidth = kPanels * kPanel;
  const bool whole = t.out_columns == kWidth;
  alignas(64) float padded[kRows * kWidth];
  float* out = whole ? static_cast<float*>(t.out) : padded;
  const size_t stride = whole ? t.out_stride : kWidth;
#pragma GCC unroll 8
  for (size_t r = 0; r < kRows; ++r) {
    if (r == t.out_rows) break;
#pragma GCC unroll 16
    for (size_t v = 0; v < kVectors; ++v) {
      V x;
      std::memcpy(&x, bias + v * kLanes, sizeof x);
      x += sum[r][v];
      // As std::max and std::min choose: NaN stays NaN.
      x = x < low ? low : x;
      x = high < x ? high : x;
      std::memcpy(out + r * stride + v * kLanes, &x, sizeof x);
    }
  }
  if (!whole) store_rows(t, padded, kWidth);
}

template <size_t kRows, size_t kPanels>
void run_plain(const FloatTile& t) {
  run_body<4, kRows, kPanels>(t);
}
constexpr TileKernels<float> kPlain{2, {run_plain<1, 1>, run_plain<2, 1>, nullptr, nullptr}, run_plain<1, kLonePanels>};

#if WHYZERO_X86
template <size_t kRows, size_t kPanels>
WHYZERO_TARGET_AVX2 void run_avx2(const FloatTile& t) {
  run_body<8, kRows, kPanels>(t);
}
constexpr TileKernels<float> kAvx2{4, {run_avx2<1, 1>, run_avx2<2, 1>, run_avx2<4, 1>, nullptr}, run_avx2<1, kLonePanels>};

template <size_t kRows, size_t kPanels>
WHYZERO_TARGET_AVX512 void run_avx512(const FloatTile& t) {
  run_body<16, kRows, kPanels>(t);
}
constexpr TileKernels<float> kAvx512{
    8, {run_avx512<1, 1>, run_avx512<2, 1>, run_avx512<4, 1>, run_avx512<8, 1>}, run_avx512<1, kLonePanels>};
#endif

}  // namespace

TileKernels<float> float_tile_kernels() {
#if WHYZERO_X86
  if (isa() == Isa::kAvx512) return kAvx512;
  if (isa() == Isa::kAvx2) return kAvx2;
#endif
  return kPlain;
}

}  // namespace whyzero::fast
