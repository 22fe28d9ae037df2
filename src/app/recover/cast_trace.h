// What a cast without scale and zero point leaves of normalized numbers.
#pragma once

#include <algorithm>
#include <cmath>

#include "app/value.h"

namespace whyzero::recover {

/// Nothing but -1, 0 and 1, and of -1 the highest number where the type has no sign, where the tensor's scale makes more numbers of that
/// range.
template <typename Numbers>
bool shows_cast(const Numbers& numbers, DType dtype, const app::TensorInfo& tensor) {
  constexpr float kCoarse = 0.5f;
  if (!dtype_is_integer(dtype) || tensor.scale <= 0 || tensor.scale >= kCoarse) return false;
  return std::all_of(numbers.begin(), numbers.end(), [&](double x) { return std::fabs(x) <= 1 || (dtype == DType::kUInt8 && x == 255); });
}

}  // namespace whyzero::recover
