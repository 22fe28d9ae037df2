// Contract of the two-dimensional poolings.
#include "ops/common/pool.h"

#include <fmt/format.h>

namespace whyzero::ops {

Result<void> prepare_pool(Context& ctx, std::initializer_list<DType> allowed) {
  WHYZERO_TRY(ctx.expect_arity(1, 1, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  const Tensor& input = ctx.input(0);
  const Tensor& output = ctx.output(0);
  WHYZERO_TRY(ctx.expect_dtype(input, allowed));
  WHYZERO_TRY(ctx.expect_same_dtype(input, output));
  WHYZERO_TRY(ctx.expect_rank(input, 4, 4));
  const auto& options = ctx.options<schema::Pool2DOptions>();
  auto& s = ctx.make_state<PoolState>();
  WHYZERO_ASSIGN(s.y,
                 window_axis(ctx, "height", input.dim(1), options.filter_height(), options.stride_h(), 1, options.padding()));
  WHYZERO_ASSIGN(s.x, window_axis(ctx, "width", input.dim(2), options.filter_width(), options.stride_w(), 1, options.padding()));
  s.batches = static_cast<size_t>(input.dim(0));
  s.channels = static_cast<size_t>(input.dim(3));
  if (input.dtype == DType::kFloat32) {
    WHYZERO_ASSIGN(s.range, activation_range(ctx, options.fused_activation_function()));
  } else {
    WHYZERO_TRY(ctx.expect_quantized(input));
    WHYZERO_TRY(ctx.expect_quantized(output));
    // Pooling keeps the stored integers: there is no step that could rescale them.
    if (std::abs(input.scale() - output.scale()) > 1e-6f || input.zero_point() != output.zero_point())
      return ctx.error(
          ErrorCode::kQuantizationInvalid,
          fmt::format("input {} has scale {} and zero point {}, output {} has {} and {}; they must be equal", input.label(),
                      input.scale(), input.zero_point(), output.label(), output.scale(), output.zero_point()));
    WHYZERO_ASSIGN(s.integer_range, quantized_activation_range(ctx, options.fused_activation_function(), output));
  }
  return ctx.resize_output(0, {input.dim(0), s.y.out, s.x.out, input.dim(3)});
}

}  // namespace whyzero::ops
