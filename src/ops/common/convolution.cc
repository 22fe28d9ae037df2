// Types and evaluation that convolutions share: float, hybrid, uint8, int8 per channel, int16 with int8 weights.
#include "ops/common/convolution.h"

#include <fmt/format.h>

#include <algorithm>

namespace whyzero::ops {
namespace {

template <class Sum, class In, class Weight, class Emit>
void run(const ConvState& s, const In* in, Sum in_offset, const Weight* filter, Sum weight_offset, Emit&& emit) {
  if (s.depthwise)
    convolve_depthwise(s.geometry, in, in_offset, filter, weight_offset, emit);
  else
    convolve(s.geometry, in, in_offset, filter, weight_offset, emit);
}

void eval_float(Context& ctx, const ConvState& s) {
  const float* bias = float_bias(ctx, 2);
  for (size_t b = 0; b < s.geometry.batches; ++b) {
    float* out = ctx.output(0).as<float>() + b * s.geometry.outputs();
    run(s, ctx.input(0).as<float>() + b * s.geometry.inputs(), 0.0f, ctx.input(1).as<float>(), 0.0f,
        [&](size_t i, size_t c, float sum) { out[i] = clamp(sum + (bias ? bias[c] : 0.0f), s.range); });
  }
}

void eval_hybrid(Context& ctx, ConvState& s) {
  const Tensor& filter = ctx.input(1);
  const int8_t* weights = filter_values(filter, s.unpacked);
  const std::vector<float> scales = channel_scales(filter, static_cast<int>(s.geometry.out_channels));
  const float* bias = float_bias(ctx, 2);
  std::vector<int8_t> quantized(s.geometry.inputs());
  for (size_t b = 0; b < s.geometry.batches; ++b) {
    const std::span<const float> in(ctx.input(0).as<float>() + b * s.geometry.inputs(), s.geometry.inputs());
    const QuantizedRow row = quantize_row(in, s.per_channel, quantized.data());
    float* out = ctx.output(0).as<float>() + b * s.geometry.outputs();
    run(s, quantized.data(), int64_t{-row.zero_point}, weights, int64_t{0}, [&](size_t i, size_t c, int64_t sum) {
      out[i] = clamp(static_cast<float>(sum) * row.scale * scales[c] + (bias ? bias[c] : 0.0f), s.range);
    });
  }
}

template <class T, class Weight>
void eval_integer(Context& ctx, const ConvState& s, const Weight* weights) {
  const Tensor& filter = ctx.input(1);
  const int64_t weight_offset = filter.dtype == DType::kUInt8 ? -filter.zero_point() : 0;
  const std::vector<int64_t> bias = integer_bias(ctx, 2, static_cast<int>(s.geometry.out_channels));
  for (size_t b = 0; b < s.geometry.batches; ++b) {
    T* out = ctx.output(0).as<T>() + b * s.geometry.outputs();
    run(s, ctx.input(0).as<T>() + b * s.geometry.inputs(), int64_t{-ctx.input(0).zero_point()}, weights, weight_offset,
        [&](size_t i, size_t c, int64_t sum) { out[i] = static_cast<T>(s.requantize(sum + bias[c], c)); });
  }
}

}  // namespace

Result<void> prepare_convolution(Context& ctx, ConvState& s, int axis, int activation) {
  const Tensor& input = ctx.input(0);
  const Tensor& filter = ctx.input(1);
  const Tensor& output = ctx.output(0);
  const int channels = static_cast<int>(s.geometry.out_channels);
  WHYZERO_TRY(ctx.expect_dtype(input, {DType::kFloat32, DType::kUInt8, DType::kInt8, DType::kInt16}));
  WHYZERO_TRY(ctx.expect_same_dtype(input, output));
  switch (input.dtype) {
    case DType::kFloat32:
      WHYZERO_TRY(ctx.expect_dtype(filter, {DType::kFloat32, DType::kInt8, DType::kInt4}));
      break;
    case DType::kUInt8:
      WHYZERO_TRY(ctx.expect_dtype(filter, {DType::kUInt8}));
      break;
    default:
      WHYZERO_TRY(ctx.expect_dtype(filter, {DType::kInt8, DType::kInt4}));
      break;
  }
  const bool integer = input.dtype != DType::kFloat32;
  if (ctx.has_input(2)) {
    const Tensor& bias = ctx.input(2);
    if (!integer)
      WHYZERO_TRY(check_bias(ctx, bias, channels, {DType::kFloat32}));
    else if (input.dtype == DType::kInt16)
      WHYZERO_TRY(check_bias(ctx, bias, channels, {DType::kInt32, DType::kInt64}));
    else
      WHYZERO_TRY(check_bias(ctx, bias, channels, {DType::kInt32}));
  }
  if (integer) {
    WHYZERO_ASSIGN(s.requantize,
                   requantization(ctx, input, filter, output, channels, axis, activation, input.dtype == DType::kUInt8));
    const bool wide = input.dtype == DType::kInt16 && !(ctx.has_input(2) && ctx.input(2).dtype == DType::kInt32);
    if (wide) s.requantize.rounding = Requantization::kShort;
    if (input.dtype == DType::kInt16) {
      WHYZERO_TRY(ctx.expect_zero_point(input, 0));
      WHYZERO_TRY(ctx.expect_zero_point(output, 0));
    }
    return {};
  }
  WHYZERO_ASSIGN(s.range, activation_range(ctx, activation));
  if (filter.dtype != DType::kFloat32) {
    WHYZERO_TRY(ctx.expect_quantized(filter, channels));
    // The official CONV_2D counts channels as one where their scales are all the same; the depthwise one does not.
    const auto& scales = filter.quantization->scales;
    const bool differ = std::any_of(scales.begin(), scales.end(), [&](float scale) { return scale != scales[0]; });
    s.per_channel = scales.size() == static_cast<size_t>(channels) && (differ || axis != 0);
  }
  return {};
}

Result<void> eval_convolution(Context& ctx) {
  auto& s = ctx.state<ConvState>();
  const Tensor& input = ctx.input(0);
  const Tensor& filter = ctx.input(1);
  if (input.dtype == DType::kFloat32 && filter.dtype == DType::kFloat32)
    eval_float(ctx, s);
  else if (input.dtype == DType::kFloat32)
    eval_hybrid(ctx, s);
  else if (input.dtype == DType::kUInt8)
    eval_integer<uint8_t>(ctx, s, filter.as<uint8_t>());
  else if (input.dtype == DType::kInt8)
    eval_integer<int8_t>(ctx, s, filter_values(filter, s.unpacked));
  else
    eval_integer<int16_t>(ctx, s, filter_values(filter, s.unpacked));
  return {};
}

}  // namespace whyzero::ops
