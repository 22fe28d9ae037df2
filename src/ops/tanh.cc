// TANH: hyperbolic tangent. 8-bit integers by a table of it, int16 by straight lines between 256 points.
#include "ops/common/sigmoid16.h"

namespace whyzero::ops {
namespace {

struct State {
  FunctionTable table;
  Sigmoid16Scale scale;
};

float hyperbolic(float x) { return std::tanh(x); }

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(prepare_elementwise(ctx, {DType::kFloat32, DType::kFloat16, DType::kInt8, DType::kUInt8, DType::kInt16}));
  if (dtype_is_float(ctx.input(0).dtype)) return {};
  WHYZERO_TRY(expect_quantized_both(ctx));
  auto& state = ctx.make_state<State>();
  if (ctx.input(0).dtype != DType::kInt16) {
    state.table = make_table(ctx.input(0), ctx.output(0), hyperbolic);
    return {};
  }
  WHYZERO_TRY(ctx.expect_zero_point(ctx.input(0), 0));
  WHYZERO_TRY(ctx.expect_zero_point(ctx.output(0), 0));
  state.scale = sigmoid16_scale(ctx.input(0).scale());
  return {};
}

Result<void> eval(Context& ctx) {
  if (dtype_is_float(ctx.input(0).dtype)) {
    if (ctx.input(0).dtype == DType::kFloat32)
      map<float>(ctx, hyperbolic);
    else
      map<Half>(ctx, [](Half x) { return hyperbolic(static_cast<float>(x)); });
    return {};
  }
  const auto& state = ctx.state<State>();
  if (ctx.input(0).dtype == DType::kInt16)
    map<int16_t>(ctx, [&](int16_t q) { return tanh16(q, state.scale); });
  else
    apply_table(ctx, state.table);
  return {};
}

}  // namespace

extern constinit const Operator unit_tanh{
    .name = "TANH", .builtin = schema::BuiltinOperator_TANH, .max_version = 3, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
