// Factors as multipliers, and the iterative functions of quantized kernels (reciprocal, inverse square root).
#include "numerics/fixed_point.h"

#include <cmath>

namespace whyzero {
namespace {

// Numbers in the functions below are held as raw integers with a fixed count of digits before the point: "Q2" has two.

/// (a + b) / 2 rounded to nearest, ties away from zero.
int32_t rounding_half_sum(int32_t a, int32_t b) {
  const int64_t sum = static_cast<int64_t>(a) + b;
  return static_cast<int32_t>((sum + (sum >= 0 ? 1 : -1)) / 2);
}

int32_t subtract_wrapping(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) - static_cast<uint32_t>(b));
}
int32_t add_wrapping(int32_t a, int32_t b) { return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b)); }

}  // namespace

Multiplier multiplier_from_real(double factor) {
  if (!(std::abs(factor) > 0.0)) return {};
  if (!std::isfinite(factor)) return {std::numeric_limits<int32_t>::max(), 30};
  int shift = 0;
  const double mantissa = std::frexp(factor, &shift);
  int64_t value = static_cast<int64_t>(std::round(mantissa * (int64_t{1} << 31)));
  if (value == int64_t{1} << 31) {
    value /= 2;
    ++shift;
  }
  if (shift < -31) return {};
  if (shift > 30) return {std::numeric_limits<int32_t>::max(), 30};
  return {static_cast<int32_t>(value), shift};
}

int32_t one_over_one_plus(int32_t a) {
  constexpr int32_t kOneQ0 = std::numeric_limits<int32_t>::max();
  constexpr int32_t kOneQ2 = 1 << 29;
  constexpr int32_t k48Over17Q2 = 1515870810, kMinus32Over17Q2 = -1010580540;
  const int32_t half_denominator = rounding_half_sum(a, kOneQ0);
  int32_t x = add_wrapping(k48Over17Q2, doubling_high_multiply(half_denominator, kMinus32Over17Q2));
  for (int step = 0; step < 3; ++step) {
    const int32_t error = subtract_wrapping(kOneQ2, doubling_high_multiply(half_denominator, x));
    x = add_wrapping(x, shift_left_saturating(doubling_high_multiply(x, error), 2));  // Q4 back to Q2
  }
  return shift_left_saturating(x, 1);  // half of it, Q1 to Q0
}

int32_t reciprocal(int32_t x, int integer_digits, int* bits_over_unit) {
  const int headroom = std::countl_zero(static_cast<uint32_t>(x));
  *bits_over_unit = integer_digits - headroom;
  const uint32_t normalized = headroom > 31 ? 0 : static_cast<uint32_t>(x) << headroom;
  return one_over_one_plus(static_cast<int32_t>(normalized - (1u << 31)));
}

Multiplier inverse_square_root(int32_t input) {
  // 0 cannot be inverted and 1 has no room: both give the largest multiplier.
  if (input <= 1) return {std::numeric_limits<int32_t>::max(), 0};
  int right_shift = 11;
  while (input >= 1 << 29) {
    input /= 4;
    ++right_shift;
  }
  const int left_pairs = (std::countl_zero(static_cast<uint32_t>(input)) - 1) / 2 - 1;
  right_shift -= left_pairs;
  input <<= 2 * left_pairs;
  // Newton's method from 1, the number held in Q3; products stay unscaled (Q6, Q9) until the step's end.
  constexpr int32_t kOneQ3 = 1 << 28, kHalfThreeQ3 = (1 << 28) + (1 << 27), kHalfSqrtTwoQ0 = 1518500250;
  const int32_t half_input = divide_by_power_of_two(input >> 1, 1);
  int32_t x = kOneQ3;
  for (int step = 0; step < 5; ++step) {
    const int32_t cube = shift_left_saturating(doubling_high_multiply(doubling_high_multiply(x, x), x), 6);
    const int32_t next = subtract_wrapping(doubling_high_multiply(kHalfThreeQ3, x), doubling_high_multiply(half_input, cube));
    x = shift_left_saturating(next, 3);
  }
  int32_t value = doubling_high_multiply(x, kHalfSqrtTwoQ0);
  if (right_shift < 0) {
    value = shift_left_wrapping(value, -right_shift);
    right_shift = 0;
  }
  return {value, -right_shift};
}

}  // namespace whyzero
