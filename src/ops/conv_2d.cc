// CONV_2D: convolution of an NHWC image with an OHWI filter; grouped where the filter has fewer input channels than the image.
#include <fmt/format.h>

#include "ops/common/convolution.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 3, 1, 1));
  for (int k : {0, 1}) {
    WHYZERO_TRY(ctx.expect_input(k));
    WHYZERO_TRY(ctx.expect_rank(ctx.input(k), 4, 4));
  }
  const auto& options = ctx.options<schema::Conv2DOptions>();
  const Tensor& input = ctx.input(0);
  const Tensor& filter = ctx.input(1);
  const int32_t channels = filter.dim(0), filter_in = filter.dim(3);
  if (filter_in < 1 || channels < 1 || input.dim(3) % filter_in != 0 || input.dim(3) < 1 ||
      channels % (input.dim(3) / filter_in) != 0)
    return ctx.error(ErrorCode::kMalformed,
                     fmt::format("filter {} with {} output and {} input channels does not fit input {} with {} channels",
                                 filter.label(), channels, filter_in, input.label(), input.dim(3)));
  auto& state = ctx.make_state<ConvState>();
  ConvGeometry& g = state.geometry;
  WHYZERO_ASSIGN(g.y, window_axis(ctx, "height", input.dim(1), filter.dim(1), options.stride_h(), options.dilation_h_factor(),
                                  options.padding()));
  WHYZERO_ASSIGN(g.x, window_axis(ctx, "width", input.dim(2), filter.dim(2), options.stride_w(), options.dilation_w_factor(),
                                  options.padding()));
  g.batches = static_cast<size_t>(input.dim(0));
  g.in_channels = static_cast<size_t>(input.dim(3));
  g.out_channels = static_cast<size_t>(channels);
  g.group_in = static_cast<size_t>(filter_in);
  g.group_out = g.out_channels / (g.in_channels / g.group_in);
  WHYZERO_TRY(prepare_convolution(ctx, state, 0, options.fused_activation_function()));
  return ctx.resize_output(0, {input.dim(0), g.y.out, g.x.out, channels});
}

}  // namespace

extern constinit const Operator unit_conv_2d{.name = "CONV_2D",
                                             .builtin = schema::BuiltinOperator_CONV_2D,
                                             .max_version = 8,
                                             .prepare = prepare,
                                             .eval = eval_convolution};

}  // namespace whyzero::ops
