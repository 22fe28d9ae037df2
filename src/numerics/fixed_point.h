// Integer arithmetic of quantized kernels: a real factor as a 31-bit mantissa and a power of two, and the roundings that make
// integer results equal the official reference kernels bit for bit. Every function is total: no shift or product overflows.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>

namespace whyzero {

/// A real factor as value * 2^(shift - 31), with 2^30 <= |value| < 2^31 (or 0).
struct Multiplier {
  int32_t value = 0;
  int shift = 0;
};

/// The nearest Multiplier. 0 for factors below 2^-32; the largest one for factors of 2^30 and above, and for non-finite ones.
Multiplier multiplier_from_real(double factor);

/// x * 2^exponent modulo 2^32; 0 for exponents above 31.
inline int32_t shift_left_wrapping(int32_t x, int exponent) {
  return exponent > 31 ? 0 : static_cast<int32_t>(static_cast<uint32_t>(x) << exponent);
}

/// x * 2^exponent, held to the range of int32.
inline int32_t shift_left_saturating(int32_t x, int exponent) {
  constexpr int64_t kMin = std::numeric_limits<int32_t>::min(), kMax = std::numeric_limits<int32_t>::max();
  return static_cast<int32_t>(std::clamp(static_cast<int64_t>(x) * (int64_t{1} << std::min(exponent, 31)), kMin, kMax));
}

/// a * b / 2^31 rounded to nearest, ties towards plus infinity; the one overflow (both INT32_MIN) saturates.
inline int32_t doubling_high_multiply(int32_t a, int32_t b) {
  constexpr int32_t kMin = std::numeric_limits<int32_t>::min();
  if (a == kMin && b == kMin) return std::numeric_limits<int32_t>::max();
  const int64_t product = static_cast<int64_t>(a) * b;
  const int64_t nudge = product >= 0 ? int64_t{1} << 30 : 1 - (int64_t{1} << 30);
  return static_cast<int32_t>((product + nudge) / (int64_t{1} << 31));
}

/// The same on 16 bits: a * b / 2^15.
inline int16_t doubling_high_multiply(int16_t a, int16_t b) {
  constexpr int16_t kMin = std::numeric_limits<int16_t>::min();
  if (a == kMin && b == kMin) return std::numeric_limits<int16_t>::max();
  const int32_t product = static_cast<int32_t>(a) * b;
  const int32_t nudge = product >= 0 ? 1 << 14 : 1 - (1 << 14);
  return static_cast<int16_t>((product + nudge) / (1 << 15));
}

/// x / 2^exponent rounded to nearest, ties away from zero.
inline int32_t divide_by_power_of_two(int32_t x, int exponent) {
  if (exponent > 31) return 0;
  const int32_t mask = static_cast<int32_t>((int64_t{1} << exponent) - 1);
  const int32_t remainder = x & mask;
  const int32_t threshold = static_cast<int32_t>(static_cast<uint32_t>(mask) >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + (remainder > threshold ? 1 : 0);
}

/// x times the factor with two roundings: the high multiply's and the right shift's.
inline int32_t multiply(int32_t x, Multiplier by) {
  const int left = std::max(by.shift, 0), right = std::max(-by.shift, 0);
  return divide_by_power_of_two(doubling_high_multiply(shift_left_wrapping(x, left), by.value), right);
}

/// The same, but that ties of the right shift go towards plus infinity.
inline int32_t multiply_half_up(int32_t x, Multiplier by) {
  const int left = std::max(by.shift, 0), right = std::clamp(-by.shift, 0, 31);
  const int64_t product = doubling_high_multiply(shift_left_wrapping(x, left), by.value);
  return static_cast<int32_t>((product + (int64_t{1} << right >> 1)) >> right);
}

/// x times the factor with one rounding, ties away from zero; held to int32's range.
inline int32_t multiply_rounding_once(int64_t x, Multiplier by) {
  __extension__ using Wide = __int128;
  constexpr Wide kMin = std::numeric_limits<int32_t>::min(), kMax = std::numeric_limits<int32_t>::max();
  const int total = std::clamp(31 - by.shift, 1, 62);
  const Wide product = Wide{x} * by.value;
  const Wide rounded = (product + (Wide{1} << (total - 1)) - (product < 0 ? 1 : 0)) >> total;
  return static_cast<int32_t>(std::clamp(rounded, kMin, kMax));
}

/// A 64-bit accumulator (int16 activations) times the factor, of which only 16 bits are used; one rounding.
inline int32_t multiply(int64_t x, Multiplier by) {
  const int64_t reduced = by.value < 0x7FFF0000 ? (by.value + (1 << 15)) >> 16 : 0x7FFF;
  const int total = std::clamp(15 - by.shift, 1, 62);
  const uint64_t product = static_cast<uint64_t>(x) * static_cast<uint64_t>(reduced) + (uint64_t{1} << (total - 1));
  return static_cast<int32_t>(static_cast<int64_t>(product) >> total);
}

/// 1 / (1 + a) for a in [0, 1) held as a * 2^31; result likewise. Newton's method from a linear start, three steps.
int32_t one_over_one_plus(int32_t a);

/// 1 / x for x > 0: returns the mantissa m and sets `bits_over_unit` so that 1 / x = m / 2^31 / 2^bits_over_unit,
/// x being held with `integer_digits` digits before the point.
int32_t reciprocal(int32_t x, int integer_digits, int* bits_over_unit);

/// 1 / sqrt(x) for x >= 0 as a Multiplier whose shift counts to the left; the largest multiplier for x = 0 and 1.
Multiplier inverse_square_root(int32_t x);

}  // namespace whyzero
