// Quantized values: from real to integer and back, and the limits that a fused activation puts on either.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "numerics/fixed_point.h"
#include "ops/operator.h"

namespace whyzero::ops {

template <class T>
struct Range {
  T low, high;
};

/// A real number as int32, rounded half away from zero and held to int32's range; NaN gives 0.
inline int32_t saturating_round(double x) {
  if (std::isnan(x)) return 0;
  return static_cast<int32_t>(std::clamp(std::round(x), -2147483648.0, 2147483647.0));
}

/// Limits of a fused activation on real numbers; NONE limits to the finite ones. TANH and SIGN_BIT are not fused by any kernel.
Result<Range<float>> activation_range(const Context& ctx, int activation);
/// The same for plain integers.
template <class T>
Result<Range<T>> integer_activation_range(const Context& ctx, int activation);
/// The same for a quantized output: within its type, by its scale and zero point.
Result<Range<int32_t>> quantized_activation_range(const Context& ctx, int activation, const Tensor& output);
/// Limits of the stored integers of a quantized type.
Range<int32_t> storage_range(DType dtype);

inline float clamp(float x, Range<float> range) { return std::min(std::max(x, range.low), range.high); }

/// The elements of an int8, int4 or int2 tensor, one a byte. Packed types hold the first element in the low bits.
std::vector<int8_t> unpacked(const Tensor& tensor);
/// The reverse: as many values as the packed tensor has elements.
void pack(std::span<const int8_t> values, Tensor& tensor);

}  // namespace whyzero::ops
