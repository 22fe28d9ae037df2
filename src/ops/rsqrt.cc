// RSQRT: 1 / sqrt(x). int8 in fixed point (a value at the zero point gives the largest output), int16 by a table.
#include "ops/common/elementwise.h"

namespace whyzero::ops {
namespace {

constexpr int kShift = 20;  // keeps an integer where the inverse root is below 1

struct State {
  Rescaling rescaling;
  FunctionTable table;
};

float inverse_root(float x) { return 1.0f / std::sqrt(x); }

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(prepare_elementwise(ctx, {DType::kFloat32, DType::kInt8, DType::kInt16}));
  if (ctx.input(0).dtype == DType::kFloat32) return {};
  auto& state = ctx.make_state<State>();
  WHYZERO_ASSIGN(state.rescaling, make_rescaling(ctx));
  if (ctx.input(0).dtype == DType::kInt16) {
    // At 0 and below, the largest output.
    const float most = ctx.output(0).scale() * static_cast<float>(32767 - ctx.output(0).zero_point());
    state.table = make_table(ctx.input(0), ctx.output(0), [most](float x) { return x > 0.0f ? inverse_root(x) : most; });
  }
  state.rescaling.multiplier =
      multiplier_from_real(1.0 / static_cast<double>(std::sqrt(ctx.input(0).scale()) * ctx.output(0).scale()));
  return {};
}

Result<void> eval(Context& ctx) {
  if (ctx.input(0).dtype == DType::kFloat32) {
    map<float>(ctx, inverse_root);
    return {};
  }
  const auto& state = ctx.state<State>();
  if (ctx.input(0).dtype == DType::kInt16) {
    apply_table(ctx, state.table);
    return {};
  }
  const Rescaling& r = state.rescaling;
  const int8_t* in = ctx.input(0).as<int8_t>();
  for (size_t k = 0; k < ctx.input(0).elements(); ++k)
    if (in[k] < r.in_zero_point)
      return ctx.error(ErrorCode::kInvalidArgument, "an input is negative: its inverse square root does not exist");
  map_quantized<int8_t>(ctx, r, [&](int32_t x) {
    if (x == 0) return r.range.high - r.out_zero_point;
    const Multiplier root = inverse_square_root(x);
    const int32_t shifted = multiply(int32_t{1}, {root.value, root.shift + kShift});
    return multiply(shifted, {r.multiplier.value, r.multiplier.shift - kShift});
  });
  return {};
}

}  // namespace

extern constinit const Operator unit_rsqrt{
    .name = "RSQRT", .builtin = schema::BuiltinOperator_RSQRT, .max_version = 3, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
