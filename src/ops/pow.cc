// POW: the first input to the power of the second, broadcast.
#include <bit>
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

/// The base times itself as the bits of the exponent say.
template <class T, class F>
T repeated(T base, int exponent, F&& product) {
  T power = base;
  for (int bit = std::bit_width(static_cast<unsigned>(exponent)) - 2; bit >= 0; --bit) {
    power = product(power, power);
    if (exponent >> bit & 1) power = product(power, base);
  }
  return power;
}

/// One whole exponent for a whole tensor is a matter of products: integers wrap, floats are held to finite numbers.
Result<bool> eval_products(Context& ctx, const Broadcast<2>& plan) {
  if (plan.same || ctx.input(1).elements() != 1) return false;
  if (ctx.input(0).dtype == DType::kInt32) {
    const int exponent = *ctx.input(1).as<int32_t>();
    if (exponent < 1) return false;
    auto product = [](int32_t a, int32_t b) { return static_cast<int32_t>(static_cast<uint32_t>(a) * static_cast<uint32_t>(b)); };
    map2<int32_t, int32_t>(ctx, plan, [&](int32_t base, int32_t) { return repeated(base, exponent, product); });
    return true;
  }
  const float exponent = *ctx.input(1).as<float>();
  const float whole = std::round(exponent);
  if (!(whole >= 1.0f && whole <= 1e9f) || std::abs(exponent - whole) >= 1e-5f) return false;
  WHYZERO_ASSIGN(const Range<float> finite, activation_range(ctx, schema::ActivationFunctionType_NONE));
  auto product = [&](float a, float b) { return clamp(a * b, finite); };
  map2<float, float>(ctx, plan, [&](float base, float) { return repeated(base, static_cast<int>(whole), product); });
  return true;
}

Result<void> eval(Context& ctx) {
  const auto& plan = ctx.state<Broadcast<2>>();
  WHYZERO_ASSIGN(const bool done, eval_products(ctx, plan));
  if (done) return {};
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
