// RANK: the number of dimensions of the input.
#include "ops/common/shapes.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(1, 1, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(ctx.expect_dtype(ctx.output(0), {DType::kInt32}));
  return ctx.resize_output(0, {});
}

Result<void> eval(Context& ctx) {
  *ctx.output(0).as<int32_t>() = ctx.input(0).rank();
  return {};
}

}  // namespace

extern constinit const Operator unit_rank{
    .name = "RANK", .builtin = schema::BuiltinOperator_RANK, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
