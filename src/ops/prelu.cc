// PRELU: x above 0, alpha * x below, with an alpha that is broadcast along x.
#include "graph/options.h"
#include "ops/common/binary.h"

namespace whyzero::ops {
namespace {

struct State {
  Broadcast<2> plan;
  int32_t zero_x = 0, zero_alpha = 0, zero_out = 0;
  Multiplier positive, negative;  // of x, of alpha * x
};

Result<void> prepare(Context& ctx) {
  auto& s = ctx.make_state<State>();
  WHYZERO_ASSIGN(s.plan, prepare_broadcast(ctx, {DType::kFloat32, DType::kInt8, DType::kUInt8}));
  const Tensor& x = ctx.input(0);
  const Tensor& alpha = ctx.input(1);
  const Tensor& output = ctx.output(0);
  if (output.shape != x.shape)
    return ctx.error(ErrorCode::kMalformed, "slope " + alpha.label() + " is larger than input " + x.label());
  if (x.dtype == DType::kFloat32) return {};
  for (const Tensor* tensor : {&x, &alpha, &output}) WHYZERO_TRY(ctx.expect_quantized(*tensor));
  s.zero_x = x.zero_point();
  s.zero_alpha = alpha.zero_point();
  s.zero_out = output.zero_point();
  s.positive = multiplier_from_real(static_cast<double>(x.scale() / output.scale()));
  s.negative = multiplier_from_real(static_cast<double>(x.scale() * alpha.scale() / output.scale()));
  return {};
}

Result<void> eval(Context& ctx) {
  const auto& s = ctx.state<State>();
  if (ctx.input(0).dtype == DType::kFloat32) {
    map2<float, float>(ctx, s.plan, [](float x, float alpha) { return x >= 0.0f ? x : x * alpha; });
    return {};
  }
  const Range<int32_t> range = storage_range(ctx.output(0).dtype);
  dispatch(ctx.input(0).dtype, Types<int8_t, uint8_t>{}, [&]<class T>() {
    map2<T, T>(ctx, s.plan, [&](T value, T alpha) {
      const int32_t x = value - s.zero_x;
      const int64_t y = x >= 0 ? multiply(x, s.positive) : multiply(x * (alpha - s.zero_alpha), s.negative);
      return std::clamp<int64_t>(y + s.zero_out, range.low, range.high);
    });
  });
  return {};
}

}  // namespace

extern constinit const Operator unit_prelu{
    .name = "PRELU", .builtin = schema::BuiltinOperator_PRELU, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
