// SUB: difference of two broadcast inputs, with a fused activation. Integers without scale wrap.
#include <cmath>
#include <optional>

#include "graph/options.h"
#include "ops/common/binary.h"

namespace whyzero::ops {
namespace {

struct State : ArithmeticState {
  // int16 with scales that are powers of two: the input to shift to the output's scale, and how far.
  bool by_shift = false;
  int shift_a = 0, shift_b = 0;
};

std::optional<int> exponent_of(const Tensor& tensor) {
  int exponent = 0;
  return std::frexp(tensor.scale(), &exponent) == 0.5f ? std::optional(exponent) : std::nullopt;
}

void prepare_shifts(Context& ctx, State& s) {
  const auto a = exponent_of(ctx.input(0)), b = exponent_of(ctx.input(1)), out = exponent_of(ctx.output(0));
  if (!a || !b || !out || s.zero_a != 0 || s.zero_b != 0 || s.zero_out != 0) return;
  s.shift_a = *out - *a;
  s.shift_b = *out - *b;
  s.by_shift = (s.shift_a == 0 || s.shift_b == 0) && s.shift_a >= 0 && s.shift_b >= 0 && s.shift_a <= 31 && s.shift_b <= 31;
}

Result<void> prepare(Context& ctx) {
  auto& state = ctx.make_state<State>();
  WHYZERO_TRY(prepare_arithmetic(
      ctx, state, {DType::kFloat32, DType::kFloat16, DType::kInt8, DType::kUInt8, DType::kInt16, DType::kInt32, DType::kInt64},
      ctx.options<schema::SubOptions>().fused_activation_function()));
  if (!is_quantized(ctx.input(0))) return {};
  prepare_sum(ctx, state);
  if (ctx.input(0).dtype == DType::kInt16 && ctx.options<schema::SubOptions>().pot_scale_int16()) prepare_shifts(ctx, state);
  return {};
}

Result<void> eval(Context& ctx) {
  const auto& s = ctx.state<State>();
  if (!s.by_shift) return eval_sum(ctx, s, -1);
  map2<int16_t, int16_t>(ctx, s.plan, [&](int16_t a, int16_t b) {
    // Either is rounded on its own, and the difference saturates.
    const int32_t difference = divide_by_power_of_two(a, s.shift_a) - divide_by_power_of_two(b, s.shift_b);
    return s.store(std::clamp(difference, -32768, 32767));
  });
  return {};
}

}  // namespace

extern constinit const Operator unit_sub{
    .name = "SUB", .builtin = schema::BuiltinOperator_SUB, .max_version = 5, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
