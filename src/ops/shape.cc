// SHAPE: the dimensions of the input, as int32 or int64.
#include "ops/common/shapes.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(1, 1, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(ctx.expect_dtype(ctx.output(0), {DType::kInt32, DType::kInt64}));
  return ctx.resize_output(0, {ctx.input(0).rank()});
}

Result<void> eval(Context& ctx) {
  Tensor& output = ctx.output(0);
  for (int d = 0; d < ctx.input(0).rank(); ++d) {
    if (output.dtype == DType::kInt32)
      output.as<int32_t>()[d] = ctx.input(0).dim(d);
    else
      output.as<int64_t>()[d] = ctx.input(0).dim(d);
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_shape{
    .name = "SHAPE", .builtin = schema::BuiltinOperator_SHAPE, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
