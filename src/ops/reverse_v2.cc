// REVERSE_V2: some dimensions from their last element to their first.
#include <fmt/format.h>

#include "ops/common/shapes.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, 1));
  for (int k = 0; k < 2; ++k) WHYZERO_TRY(ctx.expect_input(k));
  WHYZERO_TRY(expect_movable(ctx, ctx.input(0)));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(1), {DType::kInt32}));
  WHYZERO_TRY(ctx.expect_rank(ctx.input(1), 1, 1));
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.output(0)));
  return ctx.resize_output(0, ctx.input(0).shape);
}

Result<void> eval(Context& ctx) {
  const Tensor& input = ctx.input(0);
  WHYZERO_ASSIGN(const auto axes, integers(ctx, ctx.input(1)));
  std::vector<int64_t> strides = dense_strides(input.shape);
  int64_t first = 0;
  for (int64_t wanted : axes) {
    WHYZERO_ASSIGN(const int axis, normalized_axis(ctx, wanted, input.rank()));
    int64_t& stride = strides[static_cast<size_t>(axis)];
    if (stride < 0) return ctx.error(ErrorCode::kMalformed, fmt::format("axis {} is named twice", axis));
    first += stride * (input.dim(axis) - 1);
    stride = -stride;
  }
  copy_strided(input.data, first, strides, input.shape, dtype_size(input.dtype), ctx.output(0).data);
  return {};
}

}  // namespace

extern constinit const Operator unit_reverse_v2{
    .name = "REVERSE_V2", .builtin = schema::BuiltinOperator_REVERSE_V2, .max_version = 4, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
