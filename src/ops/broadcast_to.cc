// BROADCAST_TO: the input repeated along new dimensions and those of size 1, to a given shape.
#include "ops/common/broadcast.h"
#include "ops/common/shapes.h"

namespace whyzero::ops {
namespace {

Result<Shape> output_shape(Context& ctx) {
  WHYZERO_ASSIGN(const auto wanted, integers(ctx, ctx.input(1)));
  Shape shape;
  for (int64_t size : wanted) {
    WHYZERO_ASSIGN(const int32_t dim, dimension(ctx, size));
    shape.push_back(dim);
  }
  // Both broadcast to the wanted shape, or the input does not fit it.
  const Shape* both[] = {&shape, &ctx.input(0).shape};
  WHYZERO_ASSIGN(const Shape common, broadcast_shape(ctx, both));
  if (common != shape)
    return ctx.error(ErrorCode::kMalformed,
                     "input " + ctx.input(0).label() + " is larger than the shape that it is broadcast to");
  return shape;
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, 1));
  for (int k = 0; k < 2; ++k) WHYZERO_TRY(ctx.expect_input(k));
  WHYZERO_TRY(expect_movable(ctx, ctx.input(0)));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(1), {DType::kInt32, DType::kInt64}));
  WHYZERO_TRY(ctx.expect_rank(ctx.input(1), 1, 1));
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.output(0)));
  return prepare_shape(ctx, {1}, output_shape);
}

Result<void> eval(Context& ctx) {
  WHYZERO_TRY(settle_shape(ctx, output_shape));
  const Tensor& input = ctx.input(0);
  Tensor& output = ctx.output(0);
  const std::vector<size_t> repeats = broadcast_strides(input.shape, output.shape);
  const std::vector<int64_t> strides(repeats.begin(), repeats.end());
  copy_strided(input.data, 0, strides, output.shape, dtype_size(input.dtype), output.data);
  return {};
}

}  // namespace

extern constinit const Operator unit_broadcast_to{
    .name = "BROADCAST_TO", .builtin = schema::BuiltinOperator_BROADCAST_TO, .max_version = 4, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
