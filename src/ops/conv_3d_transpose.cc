// CONV_3D_TRANSPOSE: the transpose of a convolution with a DHWOI filter. Inputs: output shape, filter, volume and, optionally,
// bias.
#include <fmt/format.h>

#include "ops/common/scratch.h"
#include "ops/common/shapes.h"
#include "ops/common/transposed.h"
#include "ops/common/weights.h"

namespace whyzero::ops {
namespace {

struct State {
  TransposedGeometry geometry;
  Range<float> range{};
};

Result<Shape> output_shape(Context& ctx) {
  WHYZERO_ASSIGN(const auto wanted, integers(ctx, ctx.input(0)));
  const Tensor& filter = ctx.input(1);
  const Tensor& input = ctx.input(2);
  if (wanted.size() != 5 || wanted[0] != input.dim(0) || wanted[4] != filter.dim(3))
    return ctx.error(ErrorCode::kMalformed,
                     fmt::format("output shape {} must hold the {} volumes of {}, depth, height, width and the {} channels of "
                                 "filter {}",
                                 ctx.input(0).label(), input.dim(0), input.label(), filter.dim(3), filter.label()));
  const auto& options = ctx.options<schema::Conv3DOptions>();
  const char* names[] = {"depth", "height", "width"};
  const int32_t strides[] = {options.stride_d(), options.stride_h(), options.stride_w()};
  const int32_t dilations[] = {options.dilation_d_factor(), options.dilation_h_factor(), options.dilation_w_factor()};
  TransposedGeometry& g = ctx.state<State>().geometry;
  Shape shape{input.dim(0)};
  for (size_t k = 0; k < 3; ++k) {
    WHYZERO_ASSIGN(const int32_t size, dimension(ctx, wanted[k + 1]));
    WHYZERO_ASSIGN(g.axes[k], window_axis(ctx, names[k], size, filter.shape[k], strides[k], dilations[k], options.padding()));
    shape.push_back(size);
  }
  shape.push_back(filter.dim(3));
  return shape;
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(3, 4, 1, 1));
  for (int k : {0, 1, 2}) WHYZERO_TRY(ctx.expect_input(k));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), {DType::kInt32}));
  for (int k : {1, 2}) {
    WHYZERO_TRY(ctx.expect_dtype(ctx.input(k), {DType::kFloat32}));
    WHYZERO_TRY(ctx.expect_rank(ctx.input(k), 5, 5));
  }
  const Tensor& filter = ctx.input(1);
  const Tensor& input = ctx.input(2);
  WHYZERO_TRY(ctx.expect_same_dtype(input, ctx.output(0)));
  if (filter.dim(4) != input.dim(4))
    return ctx.error(ErrorCode::kMalformed, fmt::format("filter {} has {} input channels and input {} has {}", filter.label(),
                                                        filter.dim(4), input.label(), input.dim(4)));
  if (ctx.has_input(3)) WHYZERO_TRY(check_bias(ctx, ctx.input(3), filter.dim(3), {DType::kFloat32}));
  auto& s = ctx.make_state<State>();
  WHYZERO_ASSIGN(s.range, activation_range(ctx, ctx.options<schema::Conv3DOptions>().fused_activation_function()));
  s.geometry.batches = static_cast<size_t>(input.dim(0));
  s.geometry.input = {input.dim(1), input.dim(2), input.dim(3)};
  s.geometry.in_channels = static_cast<size_t>(input.dim(4));
  s.geometry.out_channels = static_cast<size_t>(filter.dim(3));
  return prepare_shape(ctx, {0}, output_shape);
}

Result<void> eval(Context& ctx) {
  WHYZERO_TRY(settle_shape(ctx, output_shape));
  const auto& s = ctx.state<State>();
  const TransposedGeometry& g = s.geometry;
  const float* filter = ctx.input(1).as<float>();
  const float* bias = float_bias(ctx, 3);
  float* out = ctx.output(0).as<float>();
  if (ctx.output(0).elements() == 0) return {};
  for (size_t b = 0; b < g.batches; ++b, out += g.outputs()) {
    std::fill_n(out, g.outputs(), 0.0f);
    scatter(
        g, ctx.input(2).as<float>() + b * g.inputs(), 0.0f,
        [&](size_t tap, size_t c, size_t k) { return filter[(tap * g.out_channels + c) * g.in_channels + k]; }, out);
    for (size_t i = 0; i < g.outputs(); ++i) out[i] = clamp(out[i] + (bias ? bias[i % g.out_channels] : 0.0f), s.range);
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_conv_3d_transpose{.name = "CONV_3D_TRANSPOSE",
                                                       .builtin = schema::BuiltinOperator_CONV_3D_TRANSPOSE,
                                                       .max_version = 1,
                                                       .prepare = prepare,
                                                       .eval = eval};

}  // namespace whyzero::ops
