// MATRIX_SET_DIAG: matrices with other diagonals.
#include <fmt/format.h>

#include <algorithm>

#include "ops/common/spread.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, 1));
  for (int k = 0; k < 2; ++k) WHYZERO_TRY(ctx.expect_input(k));
  const Tensor& input = ctx.input(0);
  const Tensor& diagonal = ctx.input(1);
  WHYZERO_TRY(expect_movable(ctx, input));
  WHYZERO_TRY(ctx.expect_rank(input, 2, 1 << 16));
  WHYZERO_TRY(ctx.expect_same_dtype(input, diagonal));
  WHYZERO_TRY(ctx.expect_same_dtype(input, ctx.output(0)));
  Shape expected(input.shape.begin(), input.shape.end() - 1);
  expected.back() = std::min(expected.back(), input.shape.back());
  if (diagonal.shape != expected)
    return ctx.error(ErrorCode::kMalformed,
                     fmt::format("diagonal {} does not fit the matrices of input {}, whose diagonals have {} elements",
                                 diagonal.label(), input.label(), expected.back()));
  return ctx.resize_output(0, input.shape);
}

Result<void> eval(Context& ctx) {
  const Tensor& diagonal = ctx.input(1);
  Tensor& output = ctx.output(0);
  copy_all(ctx);
  std::vector<int64_t> strides = dense_strides(output.shape);
  strides.pop_back();
  ++strides.back();
  spread_strided(diagonal.data, diagonal.shape, dtype_size(output.dtype), output.data, 0, strides);
  return {};
}

}  // namespace

extern constinit const Operator unit_matrix_set_diag{.name = "MATRIX_SET_DIAG",
                                                     .builtin = schema::BuiltinOperator_MATRIX_SET_DIAG,
                                                     .max_version = 1,
                                                     .prepare = prepare,
                                                     .eval = eval};

}  // namespace whyzero::ops
