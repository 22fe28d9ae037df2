// MATRIX_DIAG: square matrices of zeros with the rows of the input as their diagonals.
#include <cstring>

#include "ops/common/spread.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(1, 1, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  const Tensor& input = ctx.input(0);
  WHYZERO_TRY(expect_movable(ctx, input));
  WHYZERO_TRY(ctx.expect_rank(input, 1, 1 << 16));
  WHYZERO_TRY(ctx.expect_same_dtype(input, ctx.output(0)));
  Shape shape = input.shape;
  shape.push_back(shape.back());
  return ctx.resize_output(0, shape);
}

Result<void> eval(Context& ctx) {
  const Tensor& input = ctx.input(0);
  Tensor& output = ctx.output(0);
  if (output.elements() == 0) return {};
  std::memset(output.data, 0, output.bytes);
  std::vector<int64_t> strides = dense_strides(output.shape);
  strides.pop_back();
  ++strides.back();
  spread_strided(input.data, input.shape, dtype_size(input.dtype), output.data, 0, strides);
  return {};
}

}  // namespace

extern constinit const Operator unit_matrix_diag{
    .name = "MATRIX_DIAG", .builtin = schema::BuiltinOperator_MATRIX_DIAG, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
