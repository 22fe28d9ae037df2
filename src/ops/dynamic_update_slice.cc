// DYNAMIC_UPDATE_SLICE: the input with a smaller tensor written into it. A place that would let it stick out is moved inside.
#include <fmt/format.h>

#include <algorithm>

#include "ops/common/spread.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(3, 3, 1, 1));
  for (int k = 0; k < 3; ++k) WHYZERO_TRY(ctx.expect_input(k));
  const Tensor& input = ctx.input(0);
  const Tensor& update = ctx.input(1);
  const Tensor& start = ctx.input(2);
  WHYZERO_TRY(expect_movable(ctx, input));
  WHYZERO_TRY(ctx.expect_same_dtype(input, update));
  WHYZERO_TRY(ctx.expect_same_dtype(input, ctx.output(0)));
  WHYZERO_TRY(ctx.expect_dtype(start, {DType::kInt32, DType::kInt64}));
  WHYZERO_TRY(ctx.expect_rank(start, 1, 1));
  if (start.dim(0) != input.rank() || update.rank() != input.rank())
    return ctx.error(ErrorCode::kMalformed,
                     fmt::format("input {} has {} dimensions, update {} has {} and there are {} start indices", input.label(),
                                 input.rank(), update.label(), update.rank(), start.dim(0)));
  for (int d = 0; d < input.rank(); ++d)
    if (update.dim(d) > input.dim(d))
      return ctx.error(ErrorCode::kMalformed, fmt::format("dimension {} of update {} is {}, of input {} only {}", d,
                                                          update.label(), update.dim(d), input.label(), input.dim(d)));
  return ctx.resize_output(0, input.shape);
}

Result<void> eval(Context& ctx) {
  const Tensor& update = ctx.input(1);
  Tensor& output = ctx.output(0);
  WHYZERO_ASSIGN(const auto start, integers(ctx, ctx.input(2)));
  const std::vector<int64_t> strides = dense_strides(output.shape);
  int64_t first = 0;
  for (size_t d = 0; d < start.size(); ++d)
    first += std::clamp<int64_t>(start[d], 0, output.shape[d] - update.shape[d]) * strides[d];
  copy_all(ctx);
  spread_strided(update.data, update.shape, dtype_size(update.dtype), output.data, first, strides);
  return {};
}

}  // namespace

extern constinit const Operator unit_dynamic_update_slice{.name = "DYNAMIC_UPDATE_SLICE",
                                                          .builtin = schema::BuiltinOperator_DYNAMIC_UPDATE_SLICE,
                                                          .max_version = 6,
                                                          .prepare = prepare,
                                                          .eval = eval};

}  // namespace whyzero::ops
