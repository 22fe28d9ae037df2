// DILATE: the input with a value between its elements, so that they lie further apart.
#include <fmt/format.h>

#include "ops/common/spread.h"

namespace whyzero::ops {
namespace {

Result<Shape> output_shape(Context& ctx) {
  const Tensor& input = ctx.input(0);
  WHYZERO_ASSIGN(const auto dilations, integers(ctx, ctx.input(1)));
  if (dilations.size() != input.shape.size())
    return ctx.error(ErrorCode::kMalformed, fmt::format("{} dilations for the {} dimensions of input {}", dilations.size(),
                                                        input.rank(), input.label()));
  Shape shape;
  for (size_t d = 0; d < dilations.size(); ++d) {
    if (dilations[d] < 1) return ctx.error(ErrorCode::kMalformed, fmt::format("a dilation of {} is not possible", dilations[d]));
    WHYZERO_ASSIGN(const int32_t size, dimension(ctx, (input.shape[d] - 1) * dilations[d] + 1));
    shape.push_back(size);
  }
  return shape;
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(3, 3, 1, 1));
  for (int k = 0; k < 3; ++k) WHYZERO_TRY(ctx.expect_input(k));
  const Tensor& input = ctx.input(0);
  WHYZERO_TRY(expect_movable(ctx, input));
  WHYZERO_TRY(ctx.expect_rank(input, 1, 1 << 16));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(1), {DType::kInt32}));
  WHYZERO_TRY(ctx.expect_rank(ctx.input(1), 1, 1));
  WHYZERO_TRY(ctx.expect_same_dtype(input, ctx.input(2)));
  WHYZERO_TRY(ctx.expect_same_dtype(input, ctx.output(0)));
  if (ctx.input(2).elements() != 1)
    return ctx.error(ErrorCode::kMalformed, fmt::format("padding value {} must be one element", ctx.input(2).label()));
  return prepare_shape(ctx, {1}, output_shape);
}

Result<void> eval(Context& ctx) {
  WHYZERO_TRY(settle_shape(ctx, output_shape));
  const Tensor& input = ctx.input(0);
  Tensor& output = ctx.output(0);
  WHYZERO_ASSIGN(const auto dilations, integers(ctx, ctx.input(1)));
  const size_t bytes = dtype_size(input.dtype);
  fill_elements(output.data, output.elements(), ctx.input(2).data, bytes);
  std::vector<int64_t> strides = dense_strides(output.shape);
  for (size_t d = 0; d < strides.size(); ++d) strides[d] *= dilations[d];
  spread_strided(input.data, input.shape, bytes, output.data, 0, strides);
  return {};
}

}  // namespace

extern constinit const Operator unit_dilate{
    .name = "DILATE", .builtin = schema::BuiltinOperator_DILATE, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
