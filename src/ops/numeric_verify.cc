// NumericVerify: what quantization costs, value by value: the dequantized input less a float one. The converter's debugger puts
// it behind every operator; with a tolerance it stops the model at the first value that is too far off.
#include <fmt/format.h>

#include <cmath>

#include "numerics/half.h"
#include "ops/common/custom_options.h"

namespace whyzero::ops {
namespace {

constexpr float kLeastTolerance = 0.1f;  // a smaller one asks for the differences only

struct State {
  float tolerance = 0.0f;
  bool stops = false;
};

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(ctx.expect_input(1));
  const Tensor& given = ctx.input(0);
  WHYZERO_TRY(ctx.expect_dtype(given, {DType::kUInt8, DType::kInt8, DType::kInt16, DType::kFloat16}));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(1), {DType::kFloat32}));
  WHYZERO_TRY(ctx.expect_dtype(ctx.output(0), {DType::kFloat32}));
  if (given.dtype != DType::kFloat16) WHYZERO_TRY(ctx.expect_quantized(given));
  if (given.elements() != ctx.input(1).elements())
    return ctx.error(ErrorCode::kShapeMismatch, fmt::format("{} and {} must have as many elements", given.label(), ctx.input(1).label()));
  WHYZERO_ASSIGN(const auto map, options_map(ctx));
  auto& s = ctx.make_state<State>();
  s.tolerance = map["tolerance"].AsFloat();
  s.stops = map["log_if_failed"].AsBool() && s.tolerance >= kLeastTolerance;
  return ctx.resize_output(0, given.shape);
}

float value(const Tensor& t, size_t k) {
  auto real = [&](int32_t q) { return t.scale() * static_cast<float>(q - t.zero_point()); };
  switch (t.dtype) {
    case DType::kUInt8:
      return real(t.as<uint8_t>()[k]);
    case DType::kInt8:
      return real(t.as<int8_t>()[k]);
    case DType::kInt16:
      return real(t.as<int16_t>()[k]);
    default:
      return float_from_half(t.as<uint16_t>()[k]);
  }
}

Result<void> eval(Context& ctx) {
  const auto& s = ctx.state<State>();
  const Tensor& given = ctx.input(0);
  for (size_t k = 0; k < given.elements(); ++k) {
    const float expected = ctx.input(1).as<float>()[k], difference = value(given, k) - expected;
    if (s.stops && std::abs(difference) > s.tolerance * given.scale())
      return ctx.error(ErrorCode::kUnsupported,
                       fmt::format("element {} of {} is {}, expected {} within {} steps of {}; the model asks to stop there", k,
                                   given.label(), value(given, k), expected, s.tolerance, given.scale()));
    ctx.output(0).as<float>()[k] = difference;
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_numeric_verify{.name = "NumericVerify", .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
