// What FLOOR_DIV and FLOOR_MOD share: contract, and the refusal to divide integers by zero.
#pragma once

#include "ops/common/binary.h"

namespace whyzero::ops {

/// The state is a Broadcast<2>.
inline Result<void> prepare_division(Context& ctx, std::initializer_list<DType> allowed) {
  WHYZERO_ASSIGN(ctx.make_state<Broadcast<2>>(), prepare_broadcast(ctx, allowed));
  return {};
}

/// Calls f(a, b): floats as they are, integers as int64, in which no quotient overflows but that of int64 itself.
template <class F>
Result<void> eval_division(Context& ctx, F&& f) {
  const auto& plan = ctx.state<Broadcast<2>>();
  if (ctx.input(0).dtype == DType::kFloat32) {
    map2<float, float>(ctx, plan, f);
    return {};
  }
  const Tensor& divisor = ctx.input(1);
  return dispatch(divisor.dtype, Types<int8_t, int16_t, int32_t, int64_t>{}, [&]<class T>() -> Result<void> {
    for (size_t k = 0; k < divisor.elements(); ++k)
      if (divisor.as<T>()[k] == 0)
        return ctx.error(ErrorCode::kInvalidArgument, "divides by zero: divisor " + divisor.label() + " contains it");
    map2<T, T>(ctx, plan, [&](T a, T b) { return f(int64_t{a}, int64_t{b}); });
    return {};
  });
}

}  // namespace whyzero::ops
