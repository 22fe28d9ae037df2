// Clipping of floats and of quantized values.
#include "ops/common/clipping.h"

namespace whyzero::ops {

Result<void> prepare_clipping(Context& ctx, Range<float> limits) {
  WHYZERO_TRY(prepare_elementwise(ctx, {DType::kFloat32, DType::kFloat16, DType::kInt8, DType::kUInt8, DType::kInt16}));
  if (dtype_is_float(ctx.input(0).dtype)) return {};
  auto& rescaling = ctx.make_state<Rescaling>();
  WHYZERO_ASSIGN(rescaling, make_rescaling(ctx));
  const Range<int32_t> all = rescaling.range;
  auto stored = [&](float limit) {
    const int64_t q = int64_t{rescaling.out_zero_point} + saturating_round(limit / ctx.output(0).scale());
    return static_cast<int32_t>(std::clamp<int64_t>(q, all.low, all.high));
  };
  rescaling.range.low = stored(limits.low);
  if (limits.high != kNoLimit) rescaling.range.high = stored(limits.high);
  return {};
}

Result<void> eval_clipping(Context& ctx, Range<float> limits) {
  if (ctx.input(0).dtype == DType::kFloat32) {
    // Written so that NaN stays NaN.
    map<float>(ctx, [&](float x) { return x < limits.low ? limits.low : x > limits.high ? limits.high : x; });
    return {};
  }
  if (ctx.input(0).dtype == DType::kFloat16) {
    map<Half>(ctx, [&](Half h) {
      const float x = static_cast<float>(h);
      return x < limits.low ? limits.low : x > limits.high ? limits.high : x;
    });
    return {};
  }
  const auto& rescaling = ctx.state<Rescaling>();
  dispatch(ctx.input(0).dtype, QuantizedTypes{},
           [&]<class T>() { map_quantized<T>(ctx, rescaling, [&](int32_t x) { return multiply(x, rescaling.multiplier); }); });
  return {};
}

}  // namespace whyzero::ops
