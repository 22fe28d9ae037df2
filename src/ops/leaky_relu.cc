// LEAKY_RELU: x above 0, alpha * x below.
#include "ops/common/elementwise.h"

namespace whyzero::ops {
namespace {

struct State {
  Rescaling rescaling;
  Multiplier alpha;
};

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(prepare_elementwise(ctx, {DType::kFloat32, DType::kFloat16, DType::kInt8, DType::kUInt8, DType::kInt16}));
  if (dtype_is_float(ctx.input(0).dtype)) return {};
  auto& state = ctx.make_state<State>();
  WHYZERO_ASSIGN(state.rescaling, make_rescaling(ctx));
  const float alpha = ctx.options<schema::LeakyReluOptions>().alpha();
  state.alpha = multiplier_from_real(static_cast<double>(ctx.input(0).scale() * alpha / ctx.output(0).scale()));
  return {};
}

Result<void> eval(Context& ctx) {
  if (ctx.input(0).dtype == DType::kFloat32) {
    const float alpha = ctx.options<schema::LeakyReluOptions>().alpha();
    map<float>(ctx, [&](float x) { return x > 0.0f ? x : x * alpha; });
    return {};
  }
  if (ctx.input(0).dtype == DType::kFloat16) {
    const auto alpha = static_cast<float>(Half(ctx.options<schema::LeakyReluOptions>().alpha()));
    map<Half>(ctx, [&](Half half) {
      const auto x = static_cast<float>(half);
      return x > 0.0f ? x : x * alpha;
    });
    return {};
  }
  const auto& state = ctx.state<State>();
  dispatch(ctx.input(0).dtype, QuantizedTypes{}, [&]<class T>() {
    map_quantized<T>(ctx, state.rescaling,
                     [&](int32_t x) { return multiply(x, x >= 0 ? state.rescaling.multiplier : state.alpha); });
  });
  return {};
}

}  // namespace

extern constinit const Operator unit_leaky_relu{
    .name = "LEAKY_RELU", .builtin = schema::BuiltinOperator_LEAKY_RELU, .max_version = 2, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
