// The interpolated logistic function and hyperbolic tangent.
#include "ops/common/sigmoid16.h"

namespace whyzero::ops {
namespace {

constexpr size_t kPoints = 256;

/// 2^16 times the logistic function at k / 24, moved by half the error of a straight line to the next point (which the second
/// derivative gives).
const std::array<uint16_t, kPoints>& points() {
  static const std::array<uint16_t, kPoints> table = [] {
    std::array<uint16_t, kPoints> made{};
    for (size_t k = 0; k < kPoints; ++k) {
      const double s = 1.0 / (1.0 + std::exp(-static_cast<double>(k) / 24.0));
      const double half_error = s * (1.0 - s) * (1.0 - 2.0 * s) / (24.0 * 24.0 * 8.0) / 2.0;
      made[k] = static_cast<uint16_t>(std::round(65536.0 * (s - half_error)));
    }
    made[kPoints - 1] = 65535;  // the curve's end
    return made;
  }();
  return table;
}

int32_t scaled(int16_t value, Sigmoid16Scale scale) {
  const int64_t half = scale.shift > 0 ? int64_t{1} << (scale.shift - 1) : 0;
  return static_cast<int32_t>((int64_t{value} * scale.multiplier + half) >> scale.shift);
}

}  // namespace

Sigmoid16Scale sigmoid16_scale(float input_scale) {
  double multiplier = static_cast<double>(input_scale) * 4096.0 * 3.0;
  Sigmoid16Scale scale;
  while (multiplier <= 32767.0 / 2.0 && scale.shift <= 30) {
    ++scale.shift;
    multiplier *= 2.0;
  }
  // Beyond this every input but 0 is far outside the curve's bend.
  scale.multiplier = static_cast<int32_t>(std::min(multiplier, 32767.0));
  return scale;
}

int16_t logistic16(int16_t value, Sigmoid16Scale scale) {
  const int32_t x = scaled(value, scale);
  const uint32_t magnitude = static_cast<uint32_t>(std::abs(x)), index = magnitude >> 9, part = magnitude & 0x1ff;
  uint32_t result = 0x7FFFu << 10;
  if (index < kPoints - 1) result = (uint32_t{points()[index]} << 9) + part * (uint32_t{points()[index + 1]} - points()[index]);
  result = x >= 0 ? result + (1u << 9) : (1u << 25) - result + (1u << 9) - 1;
  return static_cast<int16_t>(result >> 10);
}

int16_t tanh16(int16_t value, Sigmoid16Scale scale) {
  const int32_t x = scaled(value, scale);
  const uint32_t magnitude = static_cast<uint32_t>(std::abs(x)), index = magnitude >> 8, part = magnitude & 0xff;
  int32_t result = 0xFFFF << 8;
  if (index < kPoints - 1)
    result = static_cast<int32_t>((uint32_t{points()[index]} << 8) + part * (uint32_t{points()[index + 1]} - points()[index]));
  constexpr int32_t kOne = 1 << 23, kHalf = 1 << 7;
  return static_cast<int16_t>((x >= 0 ? result - kOne + kHalf : -result + kOne + kHalf - 1) >> 8);
}

}  // namespace whyzero::ops
