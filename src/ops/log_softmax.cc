// LOG_SOFTMAX: logarithm of softmax along the last axis. Quantized outputs lie in [-16, 0]: scale 1/16, zero point at the top.
#include <fmt/format.h>

#include <cmath>

#include "numerics/fixed_point_log.h"
#include "ops/common/elementwise.h"

namespace whyzero::ops {
namespace {

constexpr int kDigits = 5;  // differences to the maximum are held with 5 digits before the point

struct State {
  Multiplier to_fixed, from_fixed;
  int64_t least_difference = 0;  // in steps of the input; e^x of what lies below counts nothing
};

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(prepare_elementwise(ctx, {DType::kFloat32, DType::kInt8, DType::kUInt8}));
  const Tensor& input = ctx.input(0);
  const Tensor& output = ctx.output(0);
  WHYZERO_TRY(ctx.expect_rank(input, 0, 8));
  if (input.dtype == DType::kFloat32) return {};
  WHYZERO_TRY(expect_quantized_both(ctx));
  if (output.scale() != 1.0f / 16)
    return ctx.error(ErrorCode::kQuantizationInvalid,
                     fmt::format("scale of output {} is {}, expected 1/16", output.label(), output.scale()));
  WHYZERO_TRY(ctx.expect_zero_point(output, input.dtype == DType::kUInt8 ? 255 : 127));
  auto& s = ctx.make_state<State>();
  s.to_fixed = multiplier_from_real(std::min(static_cast<double>(input.scale()) * (1 << (31 - kDigits)), 2147483647.0));
  const int shift = std::clamp(s.to_fixed.shift, 0, 31);
  if (s.to_fixed.value > 0)
    s.from_fixed = multiplier_from_real(static_cast<double>(int64_t{1} << (31 - shift)) / static_cast<double>(s.to_fixed.value));
  s.least_difference = -static_cast<int64_t>(std::floor(std::ldexp((1 << kDigits) - 1.0, 31 - kDigits - shift)));
  return {};
}

void eval_float(const float* in, size_t depth, float* out) {
  float largest = std::numeric_limits<float>::lowest(), sum = 0.0f;
  for (size_t k = 0; k < depth; ++k) largest = std::max(largest, in[k]);
  for (size_t k = 0; k < depth; ++k) sum += std::exp(in[k] - largest);
  const float log_sum = std::log(sum);
  for (size_t k = 0; k < depth; ++k) out[k] = in[k] - largest - log_sum;
}

template <class T>
void eval_integer(const State& s, const T* in, size_t depth, T* out) {
  const T largest = *std::max_element(in, in + depth);
  uint32_t sum = 0;  // with 12 digits before the point
  for (size_t k = 0; k < depth; ++k) {
    const int32_t difference = in[k] - largest;
    if (difference >= s.least_difference)
      sum += static_cast<uint32_t>(divide_by_power_of_two(exp_fixed32(multiply(difference, s.to_fixed)), 12));
  }
  const int32_t log_sum = log_fixed32(static_cast<int32_t>(sum));
  const int32_t lowest_fixed = log_sum + std::numeric_limits<int32_t>::min();
  const int64_t bound = std::max<int64_t>(s.least_difference - 1, multiply(lowest_fixed, s.from_fixed));
  using Limits = std::numeric_limits<T>;
  for (size_t k = 0; k < depth; ++k) {
    const int32_t difference = in[k] - largest;
    int64_t value = Limits::min();
    if (difference > bound) {
      const int64_t fixed =
          std::max<int64_t>(int64_t{multiply(difference, s.to_fixed)} - log_sum, std::numeric_limits<int32_t>::min());
      value = int64_t{divide_by_power_of_two(static_cast<int32_t>(fixed), 31 - kDigits - 4)} + Limits::max();
    }
    out[k] = static_cast<T>(std::clamp<int64_t>(value, Limits::min(), Limits::max()));
  }
}

Result<void> eval(Context& ctx) {
  const Tensor& input = ctx.input(0);
  const size_t depth = input.rank() == 0 ? 1 : static_cast<size_t>(input.shape.back()), count = input.elements();
  for (size_t at = 0; at < count; at += depth) {
    if (input.dtype == DType::kFloat32)
      eval_float(input.as<float>() + at, depth, ctx.output(0).as<float>() + at);
    else
      dispatch(input.dtype, Types<int8_t, uint8_t>{},
               [&]<class T>() { eval_integer(ctx.state<State>(), input.as<T>() + at, depth, ctx.output(0).as<T>() + at); });
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_log_softmax{
    .name = "LOG_SOFTMAX", .builtin = schema::BuiltinOperator_LOG_SOFTMAX, .max_version = 2, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
