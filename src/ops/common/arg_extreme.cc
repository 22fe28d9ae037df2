// Contract of ARG_MAX and ARG_MIN.
#include "ops/common/arg_extreme.h"

#include <fmt/format.h>

namespace whyzero::ops {

Result<void> check_extreme(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(ctx.expect_input(1));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), {DType::kFloat32, DType::kInt8, DType::kUInt8, DType::kInt32, DType::kBool}));
  return ctx.expect_dtype(ctx.output(0), {DType::kInt32, DType::kInt64});
}

Result<int> extreme_axis(Context& ctx) {
  WHYZERO_ASSIGN(const auto axes, integers(ctx, ctx.input(1)));
  if (axes.size() != 1) return ctx.error(ErrorCode::kMalformed, fmt::format("has {} axes, expected one", axes.size()));
  WHYZERO_ASSIGN(const int axis, normalized_axis(ctx, axes[0], ctx.input(0).rank()));
  if (ctx.input(0).dim(axis) == 0)
    return ctx.error(ErrorCode::kMalformed, fmt::format("dimension {} of input {} is empty", axis, ctx.input(0).label()));
  return axis;
}

}  // namespace whyzero::ops
