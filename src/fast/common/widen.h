// 8-bit values as wider ones, less their zero point: then padding is 0 and products need no offsets.
#pragma once

#include <cstddef>
#include <cstdint>

namespace whyzero::fast {

/// Runs of `run` values each, the runs `stride` elements apart in `out`; what lies between them stays.
template <class T, class Wide>
using Widen = void (*)(const T* in, size_t runs, size_t run, int32_t zero_point, Wide* out, size_t stride);

/// For T = int8_t and uint8_t, Wide = int16_t and int32_t.
template <class T, class Wide>
Widen<T, Wide> widen();

}  // namespace whyzero::fast
