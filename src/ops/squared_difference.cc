// SQUARED_DIFFERENCE: (a - b)^2 of two broadcast inputs.
#include "graph/options.h"
#include "ops/common/binary.h"

namespace whyzero::ops {
namespace {

constexpr int kShift = 7;

Result<void> prepare(Context& ctx) {
  auto& s = ctx.make_state<ArithmeticState>();
  WHYZERO_TRY(prepare_arithmetic(ctx, s, {DType::kFloat32, DType::kFloat16, DType::kInt8, DType::kInt32},
                                 schema::ActivationFunctionType_NONE));
  if (!is_quantized(ctx.input(0))) return {};
  const double scale_a = static_cast<double>(ctx.input(0).scale()), scale_b = static_cast<double>(ctx.input(1).scale());
  const double twice_larger = 2.0 * std::max(scale_a, scale_b);
  s.a = multiplier_from_real(scale_a / twice_larger);
  s.b = multiplier_from_real(scale_b / twice_larger);
  s.out = multiplier_from_real(twice_larger * twice_larger /
                               (static_cast<double>(1 << (2 * kShift)) * static_cast<double>(ctx.output(0).scale())));
  return {};
}

Result<void> eval(Context& ctx) {
  const auto& s = ctx.state<ArithmeticState>();
  if (ctx.input(0).dtype == DType::kInt8) {
    map2<int8_t, int8_t>(ctx, s.plan, [&](int8_t x, int8_t y) {
      const int32_t difference = multiply((x - s.zero_a) * (1 << kShift), s.a) - multiply((y - s.zero_b) * (1 << kShift), s.b);
      return s.store(multiply(static_cast<int32_t>(int64_t{difference} * difference), s.out));
    });
  } else if (ctx.input(0).dtype == DType::kInt32) {
    map2<int32_t, int32_t>(ctx, s.plan, [](int32_t a, int32_t b) {
      const uint32_t difference = static_cast<uint32_t>(a) - static_cast<uint32_t>(b);
      return difference * difference;
    });
  } else if (ctx.input(0).dtype == DType::kFloat16) {
    // The difference is rounded too.
    map2<Half, Half>(ctx, s.plan, [](Half a, Half b) {
      const auto difference = static_cast<float>(Half(static_cast<float>(a) - static_cast<float>(b)));
      return difference * difference;
    });
  } else {
    map2<float, float>(ctx, s.plan, [](float a, float b) { return (a - b) * (a - b); });
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_squared_difference{.name = "SQUARED_DIFFERENCE",
                                                        .builtin = schema::BuiltinOperator_SQUARED_DIFFERENCE,
                                                        .max_version = 3,
                                                        .prepare = prepare,
                                                        .eval = eval};

}  // namespace whyzero::ops
