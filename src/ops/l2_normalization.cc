// L2_NORMALIZATION: every row along the last axis over its Euclidean length. Quantized outputs have scale 1/128.
#include <fmt/format.h>

#include <cmath>

#include "ops/common/elementwise.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(prepare_elementwise(ctx, {DType::kFloat32, DType::kInt8, DType::kUInt8}));
  const Tensor& input = ctx.input(0);
  WHYZERO_TRY(ctx.expect_rank(input, 1, 8));
  if (const int activation = ctx.options<schema::L2NormOptions>().fused_activation_function();
      activation != schema::ActivationFunctionType_NONE)
    return ctx.error(ErrorCode::kUnsupported,
                     fmt::format("fused activation {} is not supported here; expected NONE", activation));
  if (input.dtype == DType::kFloat32) return {};
  WHYZERO_TRY(expect_quantized_both(ctx));
  if (ctx.output(0).scale() != 1.0f / 128)
    return ctx.error(ErrorCode::kQuantizationInvalid,
                     fmt::format("scale of output {} is {}, expected 1/128", ctx.output(0).label(), ctx.output(0).scale()));
  return ctx.expect_zero_point(ctx.output(0), input.dtype == DType::kUInt8 ? 128 : 0);
}

void eval_float(const float* in, size_t depth, float* out) {
  constexpr float kLeastLength = 1e-6f;
  float squares = 0.0f;
  for (size_t k = 0; k < depth; ++k) squares += in[k] * in[k];
  const float length = std::max(std::sqrt(squares), kLeastLength);
  for (size_t k = 0; k < depth; ++k) out[k] = in[k] / length;
}

template <class T>
void eval_integer(const T* in, int32_t zero_point, size_t depth, const Tensor& output, T* out) {
  const Range<int32_t> range = storage_range(output.dtype);
  uint32_t squares = 0;  // wraps, as the reference's sum does
  for (size_t k = 0; k < depth; ++k) squares += static_cast<uint32_t>((in[k] - zero_point) * (in[k] - zero_point));
  // The factor 128 goes into the number for uint8 and into the shift for int8, which is rounded less often.
  Multiplier inverse = inverse_square_root(static_cast<int32_t>(squares));
  constexpr bool kShifted = std::is_signed_v<T>;
  if (kShifted) inverse.shift += 7;
  for (size_t k = 0; k < depth; ++k) {
    const int32_t difference = in[k] - zero_point;
    const int64_t value = int64_t{multiply(kShifted ? difference : 128 * difference, inverse)} + output.zero_point();
    out[k] = static_cast<T>(std::clamp<int64_t>(value, range.low, range.high));
  }
}

Result<void> eval(Context& ctx) {
  const Tensor& input = ctx.input(0);
  const size_t depth = static_cast<size_t>(input.shape.back()), count = input.elements();
  for (size_t at = 0; at < count; at += depth) {
    if (input.dtype == DType::kFloat32)
      eval_float(input.as<float>() + at, depth, ctx.output(0).as<float>() + at);
    else
      dispatch(input.dtype, Types<int8_t, uint8_t>{}, [&]<class T>() {
        eval_integer(input.as<T>() + at, input.zero_point(), depth, ctx.output(0), ctx.output(0).as<T>() + at);
      });
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_l2_normalization{.name = "L2_NORMALIZATION",
                                                      .builtin = schema::BuiltinOperator_L2_NORMALIZATION,
                                                      .max_version = 2,
                                                      .prepare = prepare,
                                                      .eval = eval};

}  // namespace whyzero::ops
