// SPACE_TO_DEPTH: a block of positions becomes the channels of one.
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
  const int64_t block = ctx.options<schema::SpaceToDepthOptions>().block_size();
  if (block < 1 || input.dim(1) % block != 0 || input.dim(2) % block != 0)
    return ctx.error(ErrorCode::kMalformed, fmt::format("the {} by {} positions of input {} are no multiples of block size {}",
                                                        input.dim(1), input.dim(2), input.label(), block));
  Shape shape = input.shape;
  shape[1] = static_cast<int32_t>(shape[1] / block);
  shape[2] = static_cast<int32_t>(shape[2] / block);
  WHYZERO_ASSIGN(const int32_t positions, dimension(ctx, block * block));
  WHYZERO_ASSIGN(shape[3], dimension(ctx, int64_t{shape[3]} * positions));
  return ctx.resize_output(0, shape);
}

Result<void> eval(Context& ctx) {
  const Tensor& input = ctx.input(0);
  Tensor& output = ctx.output(0);
  if (output.elements() == 0) return {};
  const int32_t block = ctx.options<schema::SpaceToDepthOptions>().block_size(), channels = input.dim(3);
  const Shape shape{output.dim(0), output.dim(1), output.dim(2), block, block, channels};
  const std::vector<int64_t> from = dense_strides(input.shape);
  const int64_t strides[] = {from[0], from[1] * block, from[2] * block, from[1], from[2], 1};
  copy_strided(input.data, 0, strides, shape, dtype_size(input.dtype), output.data);
  return {};
}

}  // namespace

extern constinit const Operator unit_space_to_depth{.name = "SPACE_TO_DEPTH",
                                                    .builtin = schema::BuiltinOperator_SPACE_TO_DEPTH,
                                                    .max_version = 2,
                                                    .prepare = prepare,
                                                    .eval = eval};

}  // namespace whyzero::ops
