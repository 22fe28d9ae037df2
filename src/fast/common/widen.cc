// Widening of 8-bit values, for each set of instructions.
#include "fast/common/widen.h"

#include "fast/common/isa.h"

namespace whyzero::fast {
namespace {

template <class T, class Wide>
WHYZERO_INLINE void body(const T* __restrict in, size_t runs, size_t run, int32_t zero_point, Wide* __restrict out,
                         size_t stride) {
  if (run == stride) {
    run *= runs;
    runs = 1;
  }
  const auto zero = static_cast<Wide>(zero_point);
  for (size_t r = 0; r < runs; ++r)
    for (size_t k = 0; k < run; ++k) out[r * stride + k] = static_cast<Wide>(static_cast<Wide>(in[r * run + k]) - zero);
}

template <class T, class Wide>
void widen_plain(const T* in, size_t runs, size_t run, int32_t zero_point, Wide* out, size_t stride) {
  body(in, runs, run, zero_point, out, stride);
}

#if WHYZERO_X86
template <class T, class Wide>
WHYZERO_TARGET_AVX2 void widen_avx2(const T* in, size_t runs, size_t run, int32_t zero_point, Wide* out, size_t stride) {
  body(in, runs, run, zero_point, out, stride);
}
template <class T, class Wide>
WHYZERO_TARGET_AVX512 void widen_avx512(const T* in, size_t runs, size_t run, int32_t zero_point, Wide* out, size_t stride) {
  body(in, runs, run, zero_point, out, stride);
}
#endif

}  // namespace

template <class T, class Wide>
Widen<T, Wide> widen() {
#if WHYZERO_X86
  if (isa() == Isa::kAvx512) return widen_avx512<T, Wide>;
  if (isa() == Isa::kAvx2) return widen_avx2<T, Wide>;
#endif
  return widen_plain<T, Wide>;
}
template Widen<int8_t, int16_t> widen<int8_t, int16_t>();
template Widen<int8_t, int32_t> widen<int8_t, int32_t>();
template Widen<uint8_t, int16_t> widen<uint8_t, int16_t>();
template Widen<uint8_t, int32_t> widen<uint8_t, int32_t>();

}  // namespace whyzero::fast
