// GELU: x times the normal distribution's cumulative function at x, exact or by the usual approximation with tanh.
#include "ops/common/elementwise.h"

namespace whyzero::ops {
namespace {

float exact(float x) { return 0.5f * x * std::erfc(x * -0.70710678f); }

float approximate(float x) {
  constexpr float kRootTwoOverPi = 0.7978845608f;
  return 0.5f * x * (1.0f + std::tanh(kRootTwoOverPi * (x + 0.044715f * x * x * x)));
}

RealFunction function(Context& ctx) { return ctx.options<schema::GeluOptions>().approximate() ? approximate : exact; }

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(prepare_elementwise(ctx, {DType::kFloat32, DType::kFloat16, DType::kInt8, DType::kUInt8, DType::kInt16}));
  if (dtype_is_float(ctx.input(0).dtype)) return {};
  WHYZERO_TRY(expect_quantized_both(ctx));
  ctx.make_state<FunctionTable>() = make_table(ctx.input(0), ctx.output(0), function(ctx));
  return {};
}

Result<void> eval(Context& ctx) {
  if (ctx.input(0).dtype == DType::kFloat32)
    map<float>(ctx, function(ctx));
  else if (ctx.input(0).dtype == DType::kFloat16)
    map<Half>(ctx, [f = function(ctx)](Half x) { return f(static_cast<float>(x)); });
  else
    apply_table(ctx, ctx.state<FunctionTable>());
  return {};
}

}  // namespace

extern constinit const Operator unit_gelu{
    .name = "GELU", .builtin = schema::BuiltinOperator_GELU, .max_version = 3, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
