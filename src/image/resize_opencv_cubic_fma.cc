// Bicubic loops with AVX2 and fused multiply-add: a pixel's channels are the lanes of a vector, a row eight numbers at a time.
#include "image/resize_opencv_cubic.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <cmath>
#include <cstring>

namespace whyzero::image {
namespace {

#define WHYZERO_FMA __attribute__((target("avx2,fma")))
#define WHYZERO_FMA_INLINE WHYZERO_FMA __attribute__((always_inline)) inline

/// Up to four channels; lanes behind the last are whatever follows in memory.
WHYZERO_FMA_INLINE __m128 pixel(const uint8_t* at) {
  int bytes;
  std::memcpy(&bytes, at, sizeof bytes);
  return _mm_cvtepi32_ps(_mm_cvtepu8_epi32(_mm_cvtsi32_si128(bytes)));
}
WHYZERO_FMA_INLINE __m128 pixel(const float* at) { return _mm_loadu_ps(at); }

template <CubicSum kSum>
WHYZERO_FMA_INLINE __m128 add(__m128 p0, __m128 p1, __m128 p2, __m128 p3, const float* w) {
  const __m128 w0 = _mm_set1_ps(w[0]), w1 = _mm_set1_ps(w[1]), w2 = _mm_set1_ps(w[2]), w3 = _mm_set1_ps(w[3]);
  if constexpr (kSum == CubicSum::kSecondFirst)
    return _mm_fmadd_ps(p3, w3, _mm_fmadd_ps(p2, w2, _mm_fmadd_ps(p0, w0, _mm_mul_ps(p1, w1))));
  if constexpr (kSum == CubicSum::kOuterInner)
    return _mm_add_ps(_mm_fmadd_ps(p0, w0, _mm_mul_ps(p3, w3)), _mm_fmadd_ps(p1, w1, _mm_mul_ps(p2, w2)));
  const __m128 a = _mm_mul_ps(p0, w0), b = _mm_mul_ps(p1, w1), c = _mm_mul_ps(p2, w2), d = _mm_mul_ps(p3, w3);
  if constexpr (kSum == CubicSum::kHalves) return _mm_add_ps(_mm_add_ps(a, b), _mm_add_ps(c, d));
  return _mm_add_ps(_mm_add_ps(a, c), _mm_add_ps(b, d));
}

template <CubicSum kSum, class T>
WHYZERO_FMA void columns(const T* row, float* out, const CubicPlaces& places, size_t channels) {
  const int* index = places.index;
  const float* weight = places.weight;
  for (size_t i = 0; i < places.count; i++, index += 4, weight += 4, out += channels) {
    const auto at = [&](int t) { return row + size_t(index[t]) * channels; };
    _mm_storeu_ps(out, add<kSum>(pixel(at(0)), pixel(at(1)), pixel(at(2)), pixel(at(3)), weight));
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

WHYZERO_FMA void rows(const float* const* rows, const float* weight, float* out, size_t count) {
  const float *r0 = rows[0], *r1 = rows[1], *r2 = rows[2], *r3 = rows[3];
  const __m256 w0 = _mm256_set1_ps(weight[0]), w1 = _mm256_set1_ps(weight[1]), w2 = _mm256_set1_ps(weight[2]),
               w3 = _mm256_set1_ps(weight[3]);
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m256 left = _mm256_fmadd_ps(_mm256_loadu_ps(r0 + i), w0, _mm256_mul_ps(_mm256_loadu_ps(r1 + i), w1));
    const __m256 right = _mm256_fmadd_ps(_mm256_loadu_ps(r2 + i), w2, _mm256_mul_ps(_mm256_loadu_ps(r3 + i), w3));
    _mm256_storeu_ps(out + i, _mm256_add_ps(left, right));
  }
  for (; i < count; i++) {
    out[i] = std::fma(r0[i], weight[0], r1[i] * weight[1]) + std::fma(r2[i], weight[2], r3[i] * weight[3]);
  }
}

WHYZERO_FMA void to_bytes(const float* from, uint8_t* to, size_t count) {
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m256i whole = _mm256_cvtps_epi32(_mm256_loadu_ps(from + i));
    const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(whole), _mm256_extracti128_si256(whole, 1));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(to + i), _mm_packus_epi16(words, words));
  }
  plain_cubic_kernels().to_bytes(from + i, to + i, count - i);
}

}  // namespace

const CubicKernels& cubic_kernels() {
  static constexpr CubicKernels fused = {columns<uint8_t>, columns<float>, rows, to_bytes};
  static const bool has_them = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  return has_them ? fused : plain_cubic_kernels();
}

}  // namespace whyzero::image

#else

namespace whyzero::image {

const CubicKernels& cubic_kernels() { return plain_cubic_kernels(); }

}  // namespace whyzero::image

#endif
