// DEPTH_TO_SPACE: the channels of a position become a block of positions.
#include <fmt/format.h>

#include "ops/common/shapes.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(1, 1, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  const Tensor& input = ctx.input(0);
  WHYZERO_TRY(ctx.expect_rank(input, 4, 4));
  WHYZERO_TRY(expect_movable(ctx, input));
  WHYZERO_TRY(ctx.expect_same_dtype(input, ctx.output(0)));
  const int64_t block = ctx.options<schema::DepthToSpaceOptions>().block_size();
  if (block < 1 || input.dim(3) % (block * block) != 0)
    return ctx.error(ErrorCode::kMalformed,
                     fmt::format("the {} channels of input {} are no multiple of the square of block size {}", input.dim(3),
                                 input.label(), block));
  Shape shape = input.shape;
  WHYZERO_ASSIGN(shape[1], dimension(ctx, shape[1] * block));
  WHYZERO_ASSIGN(shape[2], dimension(ctx, shape[2] * block));
  shape[3] = static_cast<int32_t>(shape[3] / (block * block));
  return ctx.resize_output(0, shape);
}

Result<void> eval(Context& ctx) {
  const Tensor& input = ctx.input(0);
  Tensor& output = ctx.output(0);
  if (output.elements() == 0) return {};
  const int32_t block = ctx.options<schema::DepthToSpaceOptions>().block_size(), channels = output.dim(3);
  const Shape shape{input.dim(0), input.dim(1), block, input.dim(2), block, channels};
  const std::vector<int64_t> from = dense_strides(input.shape);
  const int64_t strides[] = {from[0], from[1], int64_t{block} * channels, from[2], channels, 1};
  copy_strided(input.data, 0, strides, shape, dtype_size(input.dtype), output.data);
  return {};
}

}  // namespace

extern constinit const Operator unit_depth_to_space{.name = "DEPTH_TO_SPACE",
                                                    .builtin = schema::BuiltinOperator_DEPTH_TO_SPACE,
                                                    .max_version = 2,
                                                    .prepare = prepare,
                                                    .eval = eval};

}  // namespace whyzero::ops
