// ARG_MAX and ARG_MIN.
#pragma once

#include "ops/common/dispatch.h"
#include "ops/common/shapes.h"

namespace whyzero::ops {

Result<void> check_extreme(Context& ctx);
Result<int> extreme_axis(Context& ctx);

/// better(candidate, best so far): strictly.
template <class Better>
Result<void> find_extreme(Context& ctx, Better&& better) {
  const Tensor& input = ctx.input(0);
  Tensor& output = ctx.output(0);
  WHYZERO_ASSIGN(const int axis, extreme_axis(ctx));
  size_t inner = 1;
  for (int d = axis + 1; d < input.rank(); ++d) inner *= static_cast<size_t>(input.dim(d));
  const auto size = static_cast<size_t>(input.dim(axis));
  dispatch(input.dtype, Types<float, int8_t, uint8_t, int32_t, bool>{}, [&]<class T>() {
    using Value = std::conditional_t<std::is_same_v<T, bool>, uint8_t, T>;
    const Value* in = input.as<Value>();
    for (size_t k = 0, count = output.elements(); k < count; ++k) {
      const Value* first = in + k / inner * inner * size + k % inner;
      size_t best = 0;
      for (size_t i = 1; i < size; ++i)
        if (better(first[i * inner], first[best * inner])) best = i;
      if (output.dtype == DType::kInt32)
        output.as<int32_t>()[k] = static_cast<int32_t>(best);
      else
        output.as<int64_t>()[k] = static_cast<int64_t>(best);
    }
  });
  return {};
}

}  // namespace whyzero::ops
