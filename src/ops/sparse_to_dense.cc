// SPARSE_TO_DENSE: a default value everywhere, but where rows of indices say.
#include <fmt/format.h>

#include <cstring>

#include "ops/common/nd_index.h"
#include "ops/common/spread.h"

namespace whyzero::ops {
namespace {

Result<Shape> output_shape(Context& ctx) {
  WHYZERO_ASSIGN(const auto wanted, integers(ctx, ctx.input(1)));
  Shape shape;
  for (int64_t size : wanted) {
    WHYZERO_ASSIGN(const int32_t dim, dimension(ctx, size));
    shape.push_back(dim);
  }
  const Tensor& rows = ctx.input(0);
  const int32_t depth = rows.rank() == 2 ? rows.dim(1) : 1;
  if (static_cast<size_t>(depth) != shape.size())
    return ctx.error(ErrorCode::kMalformed, fmt::format("indices {} have {} entries for the {} dimensions of the output",
                                                        rows.label(), depth, shape.size()));
  return shape;
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(4, 4, 1, 1));
  for (int k = 0; k < 4; ++k) WHYZERO_TRY(ctx.expect_input(k));
  const Tensor& rows = ctx.input(0);
  const Tensor& values = ctx.input(2);
  WHYZERO_TRY(ctx.expect_dtype(rows, {DType::kInt32, DType::kInt64}));
  WHYZERO_TRY(ctx.expect_rank(rows, 0, 2));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(1), {DType::kInt32, DType::kInt64}));
  WHYZERO_TRY(ctx.expect_rank(ctx.input(1), 1, 1));
  WHYZERO_TRY(expect_movable(ctx, values));
  WHYZERO_TRY(ctx.expect_rank(values, 0, 1));
  WHYZERO_TRY(ctx.expect_same_dtype(values, ctx.input(3)));
  WHYZERO_TRY(ctx.expect_same_dtype(values, ctx.output(0)));
  if (ctx.input(3).elements() != 1)
    return ctx.error(ErrorCode::kMalformed, fmt::format("default value {} must be one element", ctx.input(3).label()));
  const int32_t count = rows.rank() == 0 ? 1 : rows.dim(0);
  if (values.rank() == 1 && values.dim(0) != count)
    return ctx.error(ErrorCode::kMalformed, fmt::format("{} values {} for {} indices", values.dim(0), values.label(), count));
  return prepare_shape(ctx, {1}, output_shape);
}

Result<void> eval(Context& ctx) {
  WHYZERO_TRY(settle_shape(ctx, output_shape));
  const Tensor& rows = ctx.input(0);
  const Tensor& values = ctx.input(2);
  Tensor& output = ctx.output(0);
  const size_t bytes = dtype_size(values.dtype);
  WHYZERO_ASSIGN(const auto indices, integers(ctx, rows));
  // Without a second dimension every index is a row of its own.
  Tensor table = rows;
  if (rows.rank() < 2) table.shape = {static_cast<int32_t>(rows.elements()), 1};
  WHYZERO_ASSIGN(const NdIndex at, nd_index(ctx, indices, table, output.shape));
  fill_elements(output.data, output.elements(), ctx.input(3).data, bytes);
  const size_t step = values.rank() == 0 ? 0 : bytes;
  for (size_t k = 0; k < at.parts.size(); ++k) std::memcpy(output.data + at.parts[k] * bytes, values.data + k * step, bytes);
  return {};
}

}  // namespace

extern constinit const Operator unit_sparse_to_dense{.name = "SPARSE_TO_DENSE",
                                                     .builtin = schema::BuiltinOperator_SPARSE_TO_DENSE,
                                                     .max_version = 3,
                                                     .prepare = prepare,
                                                     .eval = eval};

}  // namespace whyzero::ops
