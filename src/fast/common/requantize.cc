// Requantization of whole rows of accumulators, for each set of instructions.
#include "fast/common/requantize.h"

#include <cstring>

#include "fast/common/requantize_x86.h"

namespace whyzero::fast {
namespace {

template <class T>
void rows_plain(const Requantizer& q, const int32_t* sums, size_t pixels, size_t columns, T* out) {
  for (size_t p = 0; p < pixels; ++p)
    for (size_t c = 0; c < columns; ++c) *out++ = requantize_one<T>(q, *sums++, c);
}

#if WHYZERO_X86
template <class T>
WHYZERO_TARGET_AVX2 void rows_avx2(const Requantizer& q, const int32_t* sums, size_t pixels, size_t columns, T* out) {
  for (size_t p = 0; p < pixels; ++p, sums += columns, out += columns)
    for (size_t c = 0; c < columns; c += kPanel) {
      const auto* from = reinterpret_cast<const __m256i*>(sums + c);
      T panel[kPanel];
      const bool whole = columns - c >= kPanel;
      requantize_16_avx2(q, _mm256_loadu_si256(from), _mm256_loadu_si256(from + 1), c, whole ? out + c : panel);
      if (!whole) std::memcpy(out + c, panel, columns - c);
    }
}

template <class T>
WHYZERO_TARGET_AVX512 void rows_avx512(const Requantizer& q, const int32_t* sums, size_t pixels, size_t columns, T* out) {
  for (size_t p = 0; p < pixels; ++p, sums += columns, out += columns)
    for (size_t c = 0; c < columns; c += kPanel) {
      T panel[kPanel];
      const bool whole = columns - c >= kPanel;
      requantize_16_avx512(q, _mm512_loadu_si512(sums + c), c, whole ? out + c : panel);
      if (!whole) std::memcpy(out + c, panel, columns - c);
    }
}
#endif

}  // namespace

template <class T>
RequantizeRows<T> requantize_rows() {
#if WHYZERO_X86
  if (isa() == Isa::kAvx512) return rows_avx512<T>;
  if (isa() == Isa::kAvx2) return rows_avx2<T>;
#endif
  return rows_plain<T>;
}
template RequantizeRows<int8_t> requantize_rows<int8_t>();
template RequantizeRows<uint8_t> requantize_rows<uint8_t>();

}  // namespace whyzero::fast
