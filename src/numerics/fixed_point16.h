// The logistic function and the hyperbolic tangent in 16-bit fixed point, as integer LSTM cells of the reference compute them.
#pragma once

#include <cstdint>

namespace whyzero {

/// 2^15 times the logistic function of x / 2^12.
int16_t logistic_fixed16(int16_t x);
/// 2^15 times the hyperbolic tangent of x / 2^(15 - integer_bits); integer_bits in [0, 6].
int16_t tanh_fixed16(int16_t x, int integer_bits);

}  // namespace whyzero
