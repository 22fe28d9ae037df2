// Contract and control data of the operators between batch and space.
#include "ops/common/batch_space.h"

#include <fmt/format.h>

#include <limits>

namespace whyzero::ops {

Result<void> prepare_batch_space(Context& ctx, ShapeFunction shape) {
  WHYZERO_TRY(ctx.expect_arity(3, 3, 1, 1));
  for (int k = 0; k < 3; ++k) WHYZERO_TRY(ctx.expect_input(k));
  WHYZERO_TRY(expect_movable(ctx, ctx.input(0)));
  WHYZERO_TRY(ctx.expect_rank(ctx.input(0), 3, 4));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(1), {DType::kInt32}));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(2), {DType::kInt32}));
  WHYZERO_TRY(ctx.expect_rank(ctx.input(1), 1, 1));
  WHYZERO_TRY(ctx.expect_rank(ctx.input(2), 2, 2));
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.output(0)));
  return prepare_shape(ctx, {1, 2}, shape);
}

Result<BlockControl> read_block_control(Context& ctx) {
  const size_t space = static_cast<size_t>(ctx.input(0).rank()) - 2;
  BlockControl control;
  WHYZERO_ASSIGN(control.block, integers(ctx, ctx.input(1)));
  WHYZERO_ASSIGN(control.border, integers(ctx, ctx.input(2)));
  if (control.block.size() != space || control.border.size() != 2 * space)
    return ctx.error(ErrorCode::kMalformed, fmt::format("{} block sizes and {} borders for {} dimensions of space",
                                                        control.block.size(), control.border.size(), space));
  for (int64_t size : control.block) {
    if (size < 1) return ctx.error(ErrorCode::kMalformed, fmt::format("a block size of {} is not possible", size));
    control.size *= size;  // two int32 at most
  }
  return control;
}

}  // namespace whyzero::ops
