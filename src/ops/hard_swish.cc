// HARD_SWISH: x * min(max(x + 3, 0), 6) / 6. Quantized values take the reference's steps on 16 bits.
#include "ops/common/elementwise.h"

namespace whyzero::ops {
namespace {

struct Factor {
  int16_t value = 0;
  int shift = 0;
};

struct State {
  Rescaling rescaling;
  Factor to_output, to_relu;
};

Factor short_factor(float factor) {
  const Multiplier full = multiplier_from_real(static_cast<double>(factor));
  constexpr int32_t kLargest = std::numeric_limits<int32_t>::max() - (1 << 15);
  return {static_cast<int16_t>(full.value >= kLargest ? 32767 : (full.value + (1 << 15)) >> 16), full.shift};
}

int16_t shift_left16(int16_t x, int exponent) {
  return static_cast<int16_t>(std::clamp(shift_left_saturating(x, exponent), -32768, 32767));
}
int16_t divide16(int16_t x, int exponent) { return static_cast<int16_t>(divide_by_power_of_two(x, exponent)); }

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(prepare_elementwise(ctx, {DType::kFloat32, DType::kInt8, DType::kUInt8}));
  if (ctx.input(0).dtype == DType::kFloat32) return {};
  auto& state = ctx.make_state<State>();
  WHYZERO_ASSIGN(state.rescaling, make_rescaling(ctx));
  const float fine_scale = 1.0f / 128.0f * ctx.input(0).scale();
  state.to_output = short_factor(fine_scale / ctx.output(0).scale());
  state.to_relu = short_factor(fine_scale / (3.0f / 32768.0f));
  // The product below is shifted right; a factor above 1 would need the opposite.
  if (state.to_output.shift > 0)
    return ctx.error(ErrorCode::kQuantizationInvalid,
                     "the scale of the output is less than 1/128 of the input's: too fine for this operator");
  return {};
}

/// `x`: the input without its zero point.
int32_t hard_swish(int32_t x, const State& s) {
  const auto fine = static_cast<int16_t>(x * 128);
  const int16_t on_output = doubling_high_multiply(fine, s.to_output.value);
  // Half of relu6(x + 3) / 6 on 2^15: the shift to the left comes in two parts because it may saturate.
  int16_t gate = fine;
  if (s.to_relu.shift > 0) gate = shift_left16(gate, s.to_relu.shift - 1);
  gate = doubling_high_multiply(gate, s.to_relu.value);
  if (s.to_relu.shift > 0) gate = shift_left16(gate, 1);
  if (s.to_relu.shift < 0) gate = divide16(gate, -s.to_relu.shift);
  gate = static_cast<int16_t>((gate + (1 << 15)) >> 1);
  const auto product = static_cast<int16_t>(std::min(int32_t{gate} * on_output / (1 << 15), 32767));
  return divide16(product, -s.to_output.shift);
}

Result<void> eval(Context& ctx) {
  if (ctx.input(0).dtype == DType::kFloat32) {
    map<float>(ctx, [](float x) { return x * std::min(6.0f, std::max(0.0f, x + 3.0f)) / 6.0f; });
    return {};
  }
  const auto& state = ctx.state<State>();
  dispatch(ctx.input(0).dtype, Types<int8_t, uint8_t>{},
           [&]<class T>() { map_quantized<T>(ctx, state.rescaling, [&](int32_t x) { return hard_swish(x, state); }); });
  return {};
}

}  // namespace

extern constinit const Operator unit_hard_swish{
    .name = "HARD_SWISH", .builtin = schema::BuiltinOperator_HARD_SWISH, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
