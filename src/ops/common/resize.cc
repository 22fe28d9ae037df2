// Contract of the resizing operators.
#include "ops/common/resize.h"

#include <fmt/format.h>

namespace whyzero::ops {
namespace {

Result<Shape> output_shape(Context& ctx) {
  const Tensor& input = ctx.input(0);
  WHYZERO_ASSIGN(const auto size, integers(ctx, ctx.input(1)));
  if (size.size() != 2 || size[0] < 1 || size[1] < 1)
    return ctx.error(ErrorCode::kMalformed,
                     fmt::format("the new size {} must be a height and a width of at least 1", ctx.input(1).label()));
  WHYZERO_ASSIGN(const int32_t height, dimension(ctx, size[0]));
  WHYZERO_ASSIGN(const int32_t width, dimension(ctx, size[1]));
  return Shape{input.dim(0), height, width, input.dim(3)};
}

}  // namespace

Result<void> prepare_resize(Context& ctx, std::initializer_list<DType> allowed) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(ctx.expect_input(1));
  const Tensor& input = ctx.input(0);
  WHYZERO_TRY(ctx.expect_dtype(input, allowed));
  WHYZERO_TRY(ctx.expect_same_dtype(input, ctx.output(0)));
  WHYZERO_TRY(ctx.expect_rank(input, 4, 4));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(1), {DType::kInt32}));
  if (input.dim(1) < 1 || input.dim(2) < 1)
    return ctx.error(ErrorCode::kMalformed, fmt::format("input {} has no pixels", input.label()));
  return prepare_shape(ctx, {1}, output_shape);
}

Result<void> settle_resize(Context& ctx) { return settle_shape(ctx, output_shape); }

}  // namespace whyzero::ops
