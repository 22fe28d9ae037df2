// float16 as a storage type: conversions that round to nearest, ties to even.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace whyzero {

inline float float_from_half(uint16_t half) {
  const uint32_t sign = uint32_t{half & 0x8000u} << 16, exponent = (half >> 10) & 0x1fu, fraction = half & 0x3ffu;
  if (exponent == 0x1f) return std::bit_cast<float>(sign | 0x7f800000u | fraction << 13);
  if (exponent > 0) return std::bit_cast<float>(sign | (exponent + 112) << 23 | fraction << 13);
  return std::bit_cast<float>(sign | std::bit_cast<uint32_t>(static_cast<float>(fraction) * 0x1p-24f));
}

inline uint16_t half_from_float(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const auto sign = static_cast<uint16_t>(bits >> 16 & 0x8000u);
  const float magnitude = std::abs(value);
  if (std::isnan(value)) return static_cast<uint16_t>(sign | 0x7e00u | (bits >> 13 & 0x3ffu));
  if (magnitude >= 65520.0f) return sign | 0x7c00u;  // half a step above the largest, 65504, rounds to infinity
  if (magnitude < 0x1p-14f) {
    // Subnormal: adding this power of two leaves multiples of 2^-24, the step, in the low bits.
    return static_cast<uint16_t>(sign | (std::bit_cast<uint32_t>(magnitude + 0.5f) - std::bit_cast<uint32_t>(0.5f)));
  }
  const uint32_t rounded = (bits & 0x7fffffffu) + 0xfffu + (bits >> 13 & 1u);  // the carry may move on into the exponent
  return static_cast<uint16_t>(sign | ((rounded >> 13) - (112u << 10)));
}

/// A float16 element in memory.
struct Half {
  uint16_t bits = 0;
  Half() = default;
  explicit Half(float value) : bits(half_from_float(value)) {}
  explicit operator float() const { return float_from_half(bits); }
};

}  // namespace whyzero
