// POW: the first input to the power of the second, broadcast.
#include <cmath>

#include "graph/options.h"
#include "ops/common/binary.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_ASSIGN(ctx.make_state<Broadcast<2>>(), prepare_broadcast(ctx, {DType::kFloat32, DType::kInt32}));
  return {};
}

/// A power beyond int32 is the lowest value, as the conversion from double on x86 has it.
int32_t integer_power(int32_t base, int32_t exponent) {
  const double power = std::pow(static_cast<double>(base), static_cast<double>(exponent));
  constexpr double kLow = std::numeric_limits<int32_t>::min(), kHigh = std::numeric_limits<int32_t>::max();
  return power >= kLow && power <= kHigh ? static_cast<int32_t>(power) : std::numeric_limits<int32_t>::min();
}

Result<void> eval(Context& ctx) {
  const auto& plan = ctx.state<Broadcast<2>>();
  if (ctx.input(0).dtype == DType::kFloat32) {
    map2<float, float>(ctx, plan, [](float a, float b) { return std::pow(a, b); });
    return {};
  }
  const Tensor& exponent = ctx.input(1);
  for (size_t k = 0; k < exponent.elements(); ++k)
    if (exponent.as<int32_t>()[k] < 0)
      return ctx.error(ErrorCode::kInvalidArgument,
                       "exponent " + exponent.label() + " contains a negative integer; powers of integers need at least 0");
  map2<int32_t, int32_t>(ctx, plan, integer_power);
  return {};
}

}  // namespace

extern constinit const Operator unit_pow{
    .name = "POW", .builtin = schema::BuiltinOperator_POW, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
