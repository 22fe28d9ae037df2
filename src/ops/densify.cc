// DENSIFY: a constant in sparse format with its zeros put back. The constant is dense already when an operator reads it.
#include "ops/common/shapes.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(1, 1, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(expect_movable(ctx, ctx.input(0)));
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.output(0)));
  return ctx.resize_output(0, ctx.input(0).shape);
}

Result<void> eval(Context& ctx) {
  copy_all(ctx);
  return {};
}

}  // namespace

extern constinit const Operator unit_densify{
    .name = "DENSIFY", .builtin = schema::BuiltinOperator_DENSIFY, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
