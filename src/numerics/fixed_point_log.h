// e^x and the natural logarithm in 32-bit fixed point, as quantized log-softmax of the reference computes them. "Qk" is a number
// with k digits before the point: x stands for x / 2^(31 - k).
#pragma once

#include <cstdint>

namespace whyzero {

/// e^x for x <= 0 in Q5; the result is Q0.
int32_t exp_fixed32(int32_t x);
/// log x for x >= 1 in Q12; the result is Q5.
int32_t log_fixed32(int32_t x);

}  // namespace whyzero
