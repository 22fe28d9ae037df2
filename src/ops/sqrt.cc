// SQRT: square root of each element. Quantized results are cut off, not rounded; of negative values they are the lowest.
#include "ops/common/elementwise.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(prepare_elementwise(ctx, {DType::kFloat32, DType::kInt8, DType::kInt16}));
  if (ctx.input(0).dtype == DType::kFloat32) return {};
  auto& rescaling = ctx.make_state<Rescaling>();
  WHYZERO_ASSIGN(rescaling, make_rescaling(ctx));
  return {};
}

Result<void> eval(Context& ctx) {
  if (ctx.input(0).dtype == DType::kFloat32) {
    map<float>(ctx, [](float x) { return std::sqrt(x); });
    return {};
  }
  const auto& rescaling = ctx.state<Rescaling>();
  const float in_scale = ctx.input(0).scale(), out_scale = ctx.output(0).scale();
  auto root = [&](int32_t x) {
    if (x < 0) return std::numeric_limits<int32_t>::min();
    return saturating_round(std::trunc(std::sqrt(static_cast<float>(x) * in_scale) / out_scale));
  };
  dispatch(ctx.input(0).dtype, Types<int8_t, int16_t>{}, [&]<class T>() { map_quantized<T>(ctx, rescaling, root); });
  return {};
}

}  // namespace

extern constinit const Operator unit_sqrt{
    .name = "SQRT", .builtin = schema::BuiltinOperator_SQRT, .max_version = 2, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
