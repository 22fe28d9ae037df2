// e^x by a polynomial near 0 and a product of powers of e, quotients by Newton's method; all on 16 bits.
#include "numerics/fixed_point16.h"

#include <algorithm>

#include "numerics/fixed_point.h"

namespace whyzero {
namespace {

// "Qk" is a number with k digits before the point: x stands for x / 2^(15 - k).
constexpr int16_t kOneQ0 = 32767, kOneQ2 = 1 << 13;

int16_t wrap(int32_t x) { return static_cast<int16_t>(x); }
int16_t saturate(int32_t x) { return static_cast<int16_t>(std::clamp(x, -32768, 32767)); }
int16_t product(int16_t a, int16_t b) { return doubling_high_multiply(a, b); }
int16_t divided(int16_t x, int exponent) { return static_cast<int16_t>(divide_by_power_of_two(x, exponent)); }

/// e^a for a in [-1/4, 0), Q0: the series around -1/8 up to the fourth power.
int16_t exp_near_zero(int16_t a) {
  constexpr int16_t kExpMinusEighth = 28918, kThird = 10923, kEighth = 1 << 12;
  const int16_t x = wrap(a + kEighth), x2 = product(x, x), x3 = product(x2, x), x4 = product(x2, x2);
  const int16_t higher = divided(wrap(product(wrap(divided(x4, 2) + x3), kThird) + x2), 1);
  return saturate(kExpMinusEighth + product(kExpMinusEighth, wrap(x + higher)));
}

/// e^a for a <= 0, Qk with k = integer_bits; the result is Q0.
int16_t exp_of_negative(int16_t a, int integer_bits) {
  const int fraction = 15 - integer_bits;
  const int16_t quarter = wrap(1 << (fraction - 2));
  const int16_t within = wrap((a & (quarter - 1)) - quarter);
  int16_t result = exp_near_zero(saturate(shift_left_saturating(within, integer_bits)));
  const int32_t rest = wrap(within - a);
  // e^(-2^exponent) for exponents from -2 on.
  constexpr int16_t kPowers[] = {25520, 19875, 12055, 4435, 600, 11, 0};
  for (int exponent = -2; exponent <= 4 && exponent < integer_bits; ++exponent)
    if (rest & (1 << (fraction + exponent))) result = product(result, kPowers[exponent + 2]);
  if (integer_bits > 5 && a < -(1 << (fraction + 5))) return 0;
  return a == 0 ? kOneQ0 : result;
}

/// 2 / (1 + a) for a in [0, 1], Q0; the result is Q2 of 1 / ((1 + a) / 2).
int16_t inverse_of_half_sum(int16_t a) {
  constexpr int16_t k48Over17 = 23130, kMinus32Over17 = -15420;
  const int32_t sum = a + kOneQ0;
  const int16_t half = wrap((sum + (sum >= 0 ? 1 : -1)) / 2);
  int16_t x = wrap(k48Over17 + product(half, kMinus32Over17));
  for (int step = 0; step < 3; ++step) {
    const int16_t error = wrap(kOneQ2 - product(half, x));
    x = wrap(x + saturate(shift_left_saturating(product(x, error), 2)));
  }
  return x;
}

}  // namespace

int16_t logistic_fixed16(int16_t x) {
  if (x == 0) return 1 << 14;
  const int16_t negative = x > 0 ? wrap(-x) : x;
  const int16_t upper = saturate(shift_left_saturating(inverse_of_half_sum(exp_of_negative(negative, 3)), 1));
  return x > 0 ? upper : wrap(kOneQ0 - upper);
}

int16_t tanh_fixed16(int16_t x, int integer_bits) {
  if (x == 0) return 0;
  const int16_t negative = x > 0 ? wrap(-x) : x;
  // The same bits with one more digit before the point are twice the number: (1 - e^2x) / (1 + e^2x).
  const int16_t exponential = exp_of_negative(negative, integer_bits + 1);
  const int16_t magnitude = saturate(shift_left_saturating(wrap(inverse_of_half_sum(exponential) - kOneQ2), 2));
  return x > 0 ? magnitude : wrap(-magnitude);
}

}  // namespace whyzero
