// TILE: the input laid side by side, a given number of times along each dimension.
#include <fmt/format.h>

#include "ops/common/move.h"

namespace whyzero::ops {
namespace {

Result<Shape> output_shape(Context& ctx) {
  const Tensor& input = ctx.input(0);
  WHYZERO_ASSIGN(const auto times, integers(ctx, ctx.input(1)));
  if (times.size() != input.shape.size())
    return ctx.error(ErrorCode::kMalformed, fmt::format("{} multiples for the {} dimensions of input {}", times.size(),
                                                        input.shape.size(), input.label()));
  Shape shape;
  for (size_t d = 0; d < times.size(); ++d) {
    WHYZERO_ASSIGN(const int32_t multiple, dimension(ctx, times[d]));
    WHYZERO_ASSIGN(const int32_t size, dimension(ctx, int64_t{input.shape[d]} * multiple));
    shape.push_back(size);
  }
  return shape;
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, 1));
  for (int k = 0; k < 2; ++k) WHYZERO_TRY(ctx.expect_input(k));
  if (ctx.input(0).dtype != DType::kString) WHYZERO_TRY(expect_movable(ctx, ctx.input(0)));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(1), {DType::kInt32, DType::kInt64}));
  WHYZERO_TRY(ctx.expect_rank(ctx.input(1), 1, 1));
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.output(0)));
  return prepare_shape(ctx, {1}, output_shape);
}

Result<void> eval(Context& ctx) {
  WHYZERO_TRY(settle_shape(ctx, output_shape));
  const Tensor& input = ctx.input(0);
  const Shape shape = ctx.output(0).shape;
  // Each dimension becomes two: the repetition, along which the input does not move, and the input's own.
  const std::vector<int64_t> dense = dense_strides(input.shape);
  Shape split;
  std::vector<int64_t> strides;
  for (size_t d = 0; d < shape.size(); ++d) {
    split.push_back(input.shape[d] == 0 ? 0 : shape[d] / input.shape[d]);
    split.push_back(input.shape[d]);
    strides.push_back(0);
    strides.push_back(dense[d]);
  }
  auto copy = [&](size_t bytes, const uint8_t* from, uint8_t* to) { copy_strided(from, 0, strides, split, bytes, to); };
  return move_elements(ctx, input, copy, shape);
}

}  // namespace

extern constinit const Operator unit_tile{
    .name = "TILE", .builtin = schema::BuiltinOperator_TILE, .max_version = 3, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
