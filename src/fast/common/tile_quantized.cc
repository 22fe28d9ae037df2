// Quantized tiles: pairs of int16 multiplied and added into int32, then requantized to 8 bits.
#include <cstring>

#include "fast/common/requantize_x86.h"
#include "fast/common/tile.h"

namespace whyzero::fast {
namespace {

constexpr size_t kPairs = 2 * kPanel;  // elements of a panel for one unit

template <class T, size_t kRows, size_t kPanels>
void run_plain(const QuantizedTile& t) {
  constexpr size_t kWidth = kPanels * kPanel;
  int32_t sums[kRows * kWidth] = {};
  const int16_t* b = t.panel;
  for (size_t tap = 0; tap < t.taps; ++tap)
    for (size_t k = 0; k < t.units; ++k, b += kPairs)
      for (size_t r = 0; r < kRows; ++r) {
        const int16_t* a = t.rows[tap * kRows + r] + 2 * k;
        for (size_t j = 0; j < kWidth; ++j) {
          const int16_t* w = b + j / kPanel * t.panel_stride + j % kPanel * 2;
          // Unsigned: a sum may wrap.
          uint32_t sum = static_cast<uint32_t>(sums[r * kWidth + j]);
          sum += static_cast<uint32_t>(a[0] * w[0]) + static_cast<uint32_t>(a[1] * w[1]);
          sums[r * kWidth + j] = static_cast<int32_t>(sum);
        }
      }
  for (size_t r = 0; r < t.out_rows; ++r)
    for (size_t j = 0; j < t.out_columns; ++j)
      static_cast<T*>(t.out)[r * t.out_stride + j] = requantize_one<T>(*t.requantizer, sums[r * kWidth + j], t.column + j);
}

#if WHYZERO_X86
template <class T, size_t kRows, size_t kPanels>
WHYZERO_TARGET_AVX2 void run_avx2(const QuantizedTile& t) {
  constexpr size_t kVectors = 2 * kPanels;
  __m256i sum[kRows][kVectors];
#pragma GCC unroll 8
  for (auto& row : sum)
#pragma GCC unroll 8
    for (__m256i& v : row) v = _mm256_setzero_si256();
  const int16_t* b = t.panel;
  for (size_t tap = 0; tap < t.taps; ++tap) {
    const int16_t* a[kRows];
    for (size_t r = 0; r < kRows; ++r) a[r] = t.rows[tap * kRows + r];
    for (size_t k = 0; k < t.units; ++k, b += kPairs) {
#pragma GCC unroll 8
      for (size_t v = 0; v < kVectors; ++v) {
        const int16_t* from = b + v / 2 * t.panel_stride + v % 2 * 16;
        const __m256i w = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
#pragma GCC unroll 8
        for (size_t r = 0; r < kRows; ++r) {
          int32_t pair;
          std::memcpy(&pair, a[r] + 2 * k, sizeof pair);
          sum[r][v] = _mm256_add_epi32(sum[r][v], _mm256_madd_epi16(_mm256_set1_epi32(pair), w));
        }
      }
    }
  }
  const bool whole = t.out_columns == kPanels * kPanel;
  T padded[kRows * kPanels * kPanel];
  T* out = whole ? static_cast<T*>(t.out) : padded;
  const size_t stride = whole ? t.out_stride : kPanels * kPanel;
#pragma GCC unroll 8
  for (size_t r = 0; r < kRows; ++r) {
    if (r == t.out_rows) break;
#pragma GCC unroll 4
    for (size_t p = 0; p < kPanels; ++p)
      requantize_16_avx2(*t.requantizer, sum[r][2 * p], sum[r][2 * p + 1], t.column + p * kPanel,
                         out + r * stride + p * kPanel);
  }
  if (!whole) store_rows(t, padded, kPanels * kPanel);
}

template <class T, size_t kRows, size_t kPanels>
WHYZERO_TARGET_AVX512 void run_avx512(const QuantizedTile& t) {
  __m512i sum[kRows][kPanels];
#pragma GCC unroll 8
  for (auto& row : sum)
#pragma GCC unroll 8
    for (__m512i& v : row) v = _mm512_setzero_si512();
  const int16_t* b = t.panel;
  for (size_t tap = 0; tap < t.taps; ++tap) {
    const int16_t* a[kRows];
    for (size_t r = 0; r < kRows; ++r) a[r] = t.rows[tap * kRows + r];
    for (size_t k = 0; k < t.units; ++k, b += kPairs) {
#pragma GCC unroll 8
      for (size_t v = 0; v < kPanels; ++v) {
        const __m512i w = _mm512_loadu_si512(b + v * t.panel_stride);
#pragma GCC unroll 8
        for (size_t r = 0; r < kRows; ++r) {
          int32_t pair;
          std::memcpy(&pair, a[r] + 2 * k, sizeof pair);
          sum[r][v] = _mm512_dpwssd_epi32(sum[r][v], _mm512_set1_epi32(pair), w);
        }
      }
    }
  }
  const bool whole = t.out_columns == kPanels * kPanel;
  T padded[kRows * kPanels * kPanel];
  T* out = whole ? static_cast<T*>(t.out) : padded;
  const size_t stride = whole ? t.out_stride : kPanels * kPanel;
#pragma GCC unroll 8
  for (size_t r = 0; r < kRows; ++r) {
    if (r == t.out_rows) break;
#pragma GCC unroll 4
    for (size_t p = 0; p < kPanels; ++p)
      requantize_16_avx512(*t.requantizer, sum[r][p], t.column + p * kPanel, out + r * stride + p * kPanel);
  }
  if (!whole) store_rows(t, padded, kPanels * kPanel);
}
#endif

template <class T>
TileKernels<int16_t> kernels() {
#if WHYZERO_X86
  if (isa() == Isa::kAvx512)
    return {8,
            {run_avx512<T, 1, 1>, run_avx512<T, 2, 1>, run_avx512<T, 4, 1>, run_avx512<T, 8, 1>},
            run_avx512<T, 1, kLonePanels>};
  if (isa() == Isa::kAvx2)
    return {4, {run_avx2<T, 1, 1>, run_avx2<T, 2, 1>, run_avx2<T, 4, 1>, nullptr}, run_avx2<T, 1, kLonePanels>};
#endif
  return {2, {run_plain<T, 1, 1>, run_plain<T, 2, 1>, nullptr, nullptr}, run_plain<T, 1, kLonePanels>};
}

}  // namespace

TileKernels<int16_t> int8_tile_kernels() { return kernels<int8_t>(); }
TileKernels<int16_t> uint8_tile_kernels() { return kernels<uint8_t>(); }

}  // namespace whyzero::fast
