// EXPAND_DIMS: the same elements with one more dimension of 1.
#include <fmt/format.h>

#include "ops/common/move.h"

namespace whyzero::ops {
namespace {

Result<Shape> output_shape(Context& ctx) {
  WHYZERO_ASSIGN(const auto axes, integers(ctx, ctx.input(1)));
  if (axes.size() != 1) return ctx.error(ErrorCode::kMalformed, fmt::format("has {} axes, expected one", axes.size()));
  WHYZERO_ASSIGN(const int axis, normalized_axis(ctx, axes[0], ctx.input(0).rank() + 1));
  Shape shape = ctx.input(0).shape;
  shape.insert(shape.begin() + axis, 1);
  return shape;
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(ctx.expect_input(1));
  if (ctx.input(0).dtype != DType::kString) WHYZERO_TRY(expect_movable(ctx, ctx.input(0)));
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.output(0)));
  return prepare_shape(ctx, {1}, output_shape);
}

Result<void> eval(Context& ctx) {
  WHYZERO_TRY(settle_shape(ctx, output_shape));
  return keep_elements(ctx);
}

}  // namespace

extern constinit const Operator unit_expand_dims{
    .name = "EXPAND_DIMS", .builtin = schema::BuiltinOperator_EXPAND_DIMS, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
