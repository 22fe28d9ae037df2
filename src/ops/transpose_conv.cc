// TRANSPOSE_CONV: the transpose of a convolution with an OHWI filter. Inputs: output shape, filter, image and, optionally, bias.
#include <fmt/format.h>

#include "ops/common/scratch.h"
#include "ops/common/shapes.h"
#include "ops/common/transposed.h"
#include "ops/common/weights.h"

namespace whyzero::ops {
namespace {

struct State {
  TransposedGeometry geometry;
  Requantization requantize;     // integer outputs
  Range<float> range{};          // float outputs
  std::vector<int8_t> unpacked;  // int4 filters
};

Result<Shape> output_shape(Context& ctx) {
  WHYZERO_ASSIGN(const auto wanted, integers(ctx, ctx.input(0)));
  const Tensor& filter = ctx.input(1);
  const Tensor& input = ctx.input(2);
  if (wanted.size() != 4 || wanted[0] != input.dim(0) || wanted[3] != filter.dim(0))
    return ctx.error(ErrorCode::kMalformed,
                     fmt::format("output shape {} must hold the {} images of {}, height, width and the {} channels of filter {}",
                                 ctx.input(0).label(), input.dim(0), input.label(), filter.dim(0), filter.label()));
  WHYZERO_ASSIGN(const int32_t height, dimension(ctx, wanted[1]));
  WHYZERO_ASSIGN(const int32_t width, dimension(ctx, wanted[2]));
  const auto& options = ctx.options<schema::TransposeConvOptions>();
  TransposedGeometry& g = ctx.state<State>().geometry;
  g.axes[0] = WindowAxis{1, 1, 1, 1, 1, 0};
  WHYZERO_ASSIGN(g.axes[1], window_axis(ctx, "height", height, filter.dim(1), options.stride_h(), 1, options.padding()));
  WHYZERO_ASSIGN(g.axes[2], window_axis(ctx, "width", width, filter.dim(2), options.stride_w(), 1, options.padding()));
  return Shape{input.dim(0), height, width, filter.dim(0)};
}

Result<void> check_types(Context& ctx, State& s) {
  const Tensor& filter = ctx.input(1);
  const Tensor& input = ctx.input(2);
  const int channels = filter.dim(0);
  WHYZERO_TRY(ctx.expect_dtype(input, {DType::kFloat32, DType::kUInt8, DType::kInt8, DType::kInt16}));
  WHYZERO_TRY(ctx.expect_same_dtype(input, ctx.output(0)));
  if (input.dtype == DType::kFloat32)
    WHYZERO_TRY(ctx.expect_dtype(filter, {DType::kFloat32, DType::kInt8}));
  else
    WHYZERO_TRY(ctx.expect_dtype(filter, {input.dtype == DType::kUInt8 ? DType::kUInt8 : DType::kInt8}));
  if (ctx.has_input(3))
    WHYZERO_TRY(check_bias(ctx, ctx.input(3), channels,
                           {input.dtype == DType::kFloat32 ? DType::kFloat32
                            : input.dtype == DType::kInt16 ? DType::kInt64
                                                           : DType::kInt32}));
  const int activation = ctx.options<schema::TransposeConvOptions>().fused_activation_function();
  if (input.dtype == DType::kFloat32) {
    WHYZERO_ASSIGN(s.range, activation_range(ctx, activation));
    return filter.dtype == DType::kInt8 ? ctx.expect_quantized(filter, channels) : Result<void>{};
  }
  WHYZERO_ASSIGN(s.requantize,
                 requantization(ctx, input, filter, ctx.output(0), channels, 0, activation, input.dtype == DType::kUInt8));
  if (input.dtype != DType::kInt16) return {};
  s.requantize.rounding = Requantization::kShort;
  WHYZERO_TRY(ctx.expect_zero_point(input, 0));
  return ctx.expect_zero_point(ctx.output(0), 0);
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(3, 4, 1, 1));
  for (int k : {0, 1, 2}) WHYZERO_TRY(ctx.expect_input(k));
  const Tensor& filter = ctx.input(1);
  const Tensor& input = ctx.input(2);
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), {DType::kInt32}));
  WHYZERO_TRY(ctx.expect_rank(filter, 4, 4));
  WHYZERO_TRY(ctx.expect_rank(input, 4, 4));
  if (filter.dim(3) != input.dim(3))
    return ctx.error(ErrorCode::kMalformed, fmt::format("filter {} has {} input channels and input {} has {}", filter.label(),
                                                        filter.dim(3), input.label(), input.dim(3)));
  auto& s = ctx.make_state<State>();
  WHYZERO_TRY(check_types(ctx, s));
  s.geometry.batches = static_cast<size_t>(input.dim(0));
  s.geometry.input = {1, input.dim(1), input.dim(2)};
  s.geometry.in_channels = static_cast<size_t>(input.dim(3));
  s.geometry.out_channels = static_cast<size_t>(filter.dim(0));
  return prepare_shape(ctx, {0}, output_shape);
}

/// emit(index of output, channel, sum) for the one image at `in`.
template <class Sum, class In, class Weight, class Emit>
void convolve_image(const TransposedGeometry& g, const In* in, Sum in_offset, const Weight* weights, Sum weight_offset,
                    std::vector<Sum>& sums, Emit&& emit) {
  std::fill(sums.begin(), sums.end(), Sum{0});
  const size_t taps = static_cast<size_t>(g.axes[1].filter) * static_cast<size_t>(g.axes[2].filter);
  scatter(
      g, in, in_offset,
      [&](size_t tap, size_t c, size_t k) {
        return static_cast<Sum>(weights[(c * taps + tap) * g.in_channels + k]) + weight_offset;
      },
      sums.data());
  for (size_t i = 0; i < sums.size(); ++i) emit(i, i % g.out_channels, sums[i]);
}

Result<void> eval_float(Context& ctx, const State& s) {
  const TransposedGeometry& g = s.geometry;
  const float* bias = float_bias(ctx, 3);
  WHYZERO_ASSIGN(auto sums, scratch<float>(ctx, g.outputs()));
  for (size_t b = 0; b < g.batches; ++b) {
    float* out = ctx.output(0).as<float>() + b * g.outputs();
    convolve_image(g, ctx.input(2).as<float>() + b * g.inputs(), 0.0f, ctx.input(1).as<float>(), 0.0f, sums,
                   [&](size_t i, size_t c, float sum) { out[i] = clamp(sum + (bias ? bias[c] : 0.0f), s.range); });
  }
  return {};
}

/// Every image is quantized as a whole.
Result<void> eval_hybrid(Context& ctx, State& s) {
  const TransposedGeometry& g = s.geometry;
  const std::vector<float> scales = channel_scales(ctx.input(1), static_cast<int>(g.out_channels));
  const float* bias = float_bias(ctx, 3);
  WHYZERO_ASSIGN(auto sums, scratch<int64_t>(ctx, g.outputs()));
  WHYZERO_ASSIGN(auto quantized, scratch<int8_t>(ctx, g.inputs()));
  for (size_t b = 0; b < g.batches; ++b) {
    const QuantizedRow row = quantize_row({ctx.input(2).as<float>() + b * g.inputs(), g.inputs()}, true, quantized.data());
    float* out = ctx.output(0).as<float>() + b * g.outputs();
    convolve_image(g, quantized.data(), int64_t{-row.zero_point}, filter_values(ctx.input(1), s.unpacked), int64_t{0}, sums,
                   [&](size_t i, size_t c, int64_t sum) {
                     out[i] = clamp(static_cast<float>(sum) * row.scale * scales[c] + (bias ? bias[c] : 0.0f), s.range);
                   });
  }
  return {};
}

template <class T, class Weight>
Result<void> eval_integer(Context& ctx, const State& s, const Weight* weights) {
  const TransposedGeometry& g = s.geometry;
  const Tensor& filter = ctx.input(1);
  const std::vector<int64_t> bias = integer_bias(ctx, 3, static_cast<int>(g.out_channels));
  const int64_t weight_offset = filter.dtype == DType::kUInt8 ? -filter.zero_point() : 0;
  WHYZERO_ASSIGN(auto sums, scratch<int64_t>(ctx, g.outputs()));
  for (size_t b = 0; b < g.batches; ++b) {
    T* out = ctx.output(0).as<T>() + b * g.outputs();
    convolve_image(g, ctx.input(2).as<T>() + b * g.inputs(), int64_t{-ctx.input(2).zero_point()}, weights, weight_offset, sums,
                   [&](size_t i, size_t c, int64_t sum) { out[i] = static_cast<T>(s.requantize(sum + bias[c], c)); });
  }
  return {};
}

Result<void> eval(Context& ctx) {
  WHYZERO_TRY(settle_shape(ctx, output_shape));
  auto& s = ctx.state<State>();
  if (ctx.output(0).elements() == 0) return {};
  const Tensor& filter = ctx.input(1);
  switch (ctx.input(2).dtype) {
    case DType::kFloat32:
      return filter.dtype == DType::kFloat32 ? eval_float(ctx, s) : eval_hybrid(ctx, s);
    case DType::kUInt8:
      return eval_integer<uint8_t>(ctx, s, filter.as<uint8_t>());
    case DType::kInt8:
      return eval_integer<int8_t>(ctx, s, filter_values(filter, s.unpacked));
    default:
      return eval_integer<int16_t>(ctx, s, filter_values(filter, s.unpacked));
  }
}

}  // namespace

extern constinit const Operator unit_transpose_conv{.name = "TRANSPOSE_CONV",
                                                    .builtin = schema::BuiltinOperator_TRANSPOSE_CONV,
                                                    .max_version = 5,
                                                    .prepare = prepare,
                                                    .eval = eval};

}  // namespace whyzero::ops
