// ARG_MIN: index of the smallest element along an axis, the first of equal ones.
#include "ops/common/arg_extreme.h"

namespace whyzero::ops {
namespace {

Result<Shape> output_shape(Context& ctx) {
  WHYZERO_ASSIGN(const int axis, extreme_axis(ctx));
  Shape shape = ctx.input(0).shape;
  shape.erase(shape.begin() + axis);
  return shape;
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(check_extreme(ctx));
  return prepare_shape(ctx, {1}, output_shape);
}

Result<void> eval(Context& ctx) {
  WHYZERO_TRY(settle_shape(ctx, output_shape));
  return find_extreme(ctx, [](auto a, auto b) { return a < b; });
}

}  // namespace

extern constinit const Operator unit_arg_min{
    .name = "ARG_MIN", .builtin = schema::BuiltinOperator_ARG_MIN, .max_version = 3, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
