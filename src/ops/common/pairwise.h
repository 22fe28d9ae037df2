// STABLEHLO operators of two inputs: one type and one shape for all, no broadcasting, no quantization.
#pragma once

#include "numerics/half.h"
#include "ops/common/dispatch.h"
#include "ops/common/element.h"
#include "ops/operator.h"

namespace whyzero::ops {

Result<void> prepare_pairwise(Context& ctx, std::initializer_list<DType> allowed);
/// Every real type and bool.
Result<void> prepare_pairwise(Context& ctx);

/// out[i] = f(a[i], b[i]); float16 is computed as float32.
template <class... T, class F>
void map_pairs(Context& ctx, Types<T...> types, F&& f) {
  const size_t count = ctx.output(0).elements();
  if (ctx.output(0).dtype == DType::kFloat16) {
    const Half* a = ctx.input(0).as<Half>();
    const Half* b = ctx.input(1).as<Half>();
    for (size_t k = 0; k < count; ++k)
      ctx.output(0).as<Half>()[k] = Half(static_cast<float>(f(static_cast<float>(a[k]), static_cast<float>(b[k]))));
    return;
  }
  dispatch(ctx.output(0).dtype, types, [&]<class E>() {
    const uint8_t* a = ctx.input(0).data;
    const uint8_t* b = ctx.input(1).data;
    for (size_t k = 0; k < count; ++k) ctx.output(0).as<E>()[k] = static_cast<E>(f(element<E>(a, k), element<E>(b, k)));
  });
}

using PairTypes = Types<float, double, int8_t, uint8_t, int16_t, uint16_t, int32_t, uint32_t, int64_t, uint64_t, bool>;

}  // namespace whyzero::ops
