// requantize_one for a panel of 16 columns in vector registers.
#pragma once

#include "fast/common/requantize.h"

#if WHYZERO_X86
// GCC 12 takes the deliberately undefined operands inside its own header for mistakes (its bug 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>
#pragma GCC diagnostic pop

#include <type_traits>

namespace whyzero::fast {

/// The 8 columns from `column` on, as int32.
WHYZERO_TARGET_AVX2 inline __m256i requantize_8_avx2(const Requantizer& q, __m256i sum, size_t column) {
  const auto at = [column](const Storage<int32_t>& array) { return reinterpret_cast<const __m256i*>(array.data() + column); };
  const __m256i nudge = _mm256_load_si256(at(q.nudge)), low_words = _mm256_set1_epi64x(0xffffffff);
  const __m256i value = _mm256_load_si256(at(q.value)), right = _mm256_load_si256(at(q.right));
  const __m256i x = _mm256_sllv_epi32(_mm256_add_epi32(sum, _mm256_load_si256(at(q.bias))), _mm256_load_si256(at(q.left)));
  const __m256i once = _mm256_set1_epi32(q.once), zero = _mm256_setzero_si256();
  __m256i even = _mm256_mul_epi32(x, value), odd = _mm256_mul_epi32(_mm256_srli_epi64(x, 32), _mm256_srli_epi64(value, 32));
  even = _mm256_add_epi64(even, _mm256_and_si256(_mm256_cmpgt_epi64(zero, even), once));
  odd = _mm256_add_epi64(odd, _mm256_and_si256(_mm256_cmpgt_epi64(zero, odd), once));
  even = _mm256_add_epi64(even, _mm256_and_si256(nudge, low_words));
  odd = _mm256_add_epi64(odd, _mm256_srli_epi64(nudge, 32));
  const __m256i scaled = _mm256_blend_epi32(_mm256_srli_epi64(even, 31), _mm256_slli_epi64(odd, 1), 0xAA);
  const __m256i one = _mm256_set1_epi32(1), mask = _mm256_sub_epi32(_mm256_sllv_epi32(one, right), one);
  const __m256i negative = _mm256_and_si256(_mm256_srai_epi32(scaled, 31), _mm256_set1_epi32(q.away));
  const __m256i threshold = _mm256_sub_epi32(_mm256_srli_epi32(mask, 1), negative);
  const __m256i up = _mm256_cmpgt_epi32(_mm256_and_si256(scaled, mask), threshold);
  __m256i y = _mm256_sub_epi32(_mm256_srav_epi32(scaled, right), up);
  y = _mm256_min_epi32(_mm256_max_epi32(y, _mm256_set1_epi32(q.low)), _mm256_set1_epi32(q.high));
  return _mm256_add_epi32(y, _mm256_set1_epi32(q.zero_point));
}

template <class T>
WHYZERO_TARGET_AVX2 inline void requantize_16_avx2(const Requantizer& q, __m256i first, __m256i second, size_t column, T* out) {
  const __m256i a = requantize_8_avx2(q, first, column), b = requantize_8_avx2(q, second, column + 8);
  const __m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(a, b), 0xD8);
  const __m128i low = _mm256_castsi256_si128(words), high = _mm256_extracti128_si256(words, 1);
  const __m128i bytes = std::is_signed_v<T> ? _mm_packs_epi16(low, high) : _mm_packus_epi16(low, high);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), bytes);
}

WHYZERO_TARGET_AVX512 inline void requantize_16_avx512(const Requantizer& q, __m512i sum, size_t column, void* out) {
  const __m512i nudge = _mm512_load_si512(q.nudge.data() + column), value = _mm512_load_si512(q.value.data() + column);
  const __m512i right = _mm512_load_si512(q.right.data() + column), left = _mm512_load_si512(q.left.data() + column);
  const __m512i x = _mm512_sllv_epi32(_mm512_add_epi32(sum, _mm512_load_si512(q.bias.data() + column)), left);
  const __m512i once = _mm512_set1_epi32(q.once);
  __m512i even = _mm512_mul_epi32(x, value), odd = _mm512_mul_epi32(_mm512_srli_epi64(x, 32), _mm512_srli_epi64(value, 32));
  even = _mm512_add_epi64(even, _mm512_and_si512(_mm512_srai_epi64(even, 63), once));
  odd = _mm512_add_epi64(odd, _mm512_and_si512(_mm512_srai_epi64(odd, 63), once));
  even = _mm512_add_epi64(even, _mm512_and_si512(nudge, _mm512_set1_epi64(0xffffffff)));
  odd = _mm512_add_epi64(odd, _mm512_srli_epi64(nudge, 32));
  const __m512i scaled = _mm512_mask_blend_epi32(0xAAAA, _mm512_srli_epi64(even, 31), _mm512_slli_epi64(odd, 1));
  const __m512i one = _mm512_set1_epi32(1), mask = _mm512_sub_epi32(_mm512_sllv_epi32(one, right), one);
  const __m512i negative = _mm512_and_si512(_mm512_srai_epi32(scaled, 31), _mm512_set1_epi32(q.away));
  const __m512i threshold = _mm512_sub_epi32(_mm512_srli_epi32(mask, 1), negative);
  const __mmask16 up = _mm512_cmpgt_epi32_mask(_mm512_and_si512(scaled, mask), threshold);
  __m512i y = _mm512_srav_epi32(scaled, right);
  y = _mm512_mask_add_epi32(y, up, y, one);
  y = _mm512_min_epi32(_mm512_max_epi32(y, _mm512_set1_epi32(q.low)), _mm512_set1_epi32(q.high));
  y = _mm512_add_epi32(y, _mm512_set1_epi32(q.zero_point));
  _mm_storeu_si128(static_cast<__m128i*>(out), _mm512_cvtepi32_epi8(y));
}

}  // namespace whyzero::fast
#endif
