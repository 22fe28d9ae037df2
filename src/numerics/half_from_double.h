// Double → float16, which half.h's conversions would round twice.
#pragma once

#include <bit>
#include <cstdint>

namespace whyzero {

/// To nearest, ties to even, as NumPy's astype does.
inline uint16_t half_from_double(double value) {
  const uint64_t bits = std::bit_cast<uint64_t>(value);
  const auto sign = static_cast<uint16_t>((bits >> 48) & 0x8000u);
  const int exponent = static_cast<int>((bits >> 52) & 0x7ff) - 1023;
  const uint64_t fraction = bits & 0xfffffffffffffull;
  if (exponent == 1024) return static_cast<uint16_t>(sign | (fraction ? 0x7e00u : 0x7c00u));
  if (exponent > 15) return static_cast<uint16_t>(sign | 0x7c00u);
  if (exponent < -25) return sign;
  const uint64_t significand = fraction | (uint64_t{1} << 52);
  const int drop = exponent < -14 ? 42 + (-14 - exponent) : 42;  // 52 bits kept by double, 10 by half, fewer if subnormal
  uint64_t kept = significand >> drop;
  const uint64_t rest = significand & ((uint64_t{1} << drop) - 1), middle = uint64_t{1} << (drop - 1);
  if (rest > middle || (rest == middle && (kept & 1))) ++kept;
  // A significand that rounds up to the next power of two carries into the exponent by itself.
  const uint64_t base = exponent < -14 ? 0 : (static_cast<uint64_t>(exponent + 15) << 10) - (uint64_t{1} << 10);
  return static_cast<uint16_t>(sign | (base + kept));
}

}  // namespace whyzero
