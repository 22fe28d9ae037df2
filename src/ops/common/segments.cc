// Contract of the UNSORTED_SEGMENT operators.
#include "ops/common/segments.h"

#include <fmt/format.h>

#include <algorithm>

namespace whyzero::ops {
namespace {

Result<Shape> output_shape(Context& ctx) {
  const Tensor& input = ctx.input(0);
  WHYZERO_ASSIGN(const int32_t count, dimension(ctx, ctx.input(2).as<int32_t>()[0]));
  Shape shape(input.shape.begin() + ctx.input(1).rank(), input.shape.end());
  shape.insert(shape.begin(), count);
  return shape;
}

}  // namespace

Result<void> prepare_unsorted_segments(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(3, 3, 1, 1));
  for (int k = 0; k < 3; ++k) WHYZERO_TRY(ctx.expect_input(k));
  const Tensor& input = ctx.input(0);
  const Tensor& segments = ctx.input(1);
  WHYZERO_TRY(ctx.expect_dtype(input, {DType::kFloat32, DType::kInt32}));
  for (int k = 1; k < 3; ++k) WHYZERO_TRY(ctx.expect_dtype(ctx.input(k), {DType::kInt32}));
  WHYZERO_TRY(ctx.expect_same_dtype(input, ctx.output(0)));
  if (ctx.input(2).elements() != 1)
    return ctx.error(ErrorCode::kMalformed, fmt::format("number of segments {} must be one element", ctx.input(2).label()));
  if (segments.rank() > input.rank() || !std::equal(segments.shape.begin(), segments.shape.end(), input.shape.begin()))
    return ctx.error(ErrorCode::kMalformed,
                     fmt::format("segments {} do not fit the first dimensions of input {}", segments.label(), input.label()));
  return prepare_shape(ctx, {2}, output_shape);
}

Result<void> settle_unsorted_segments(Context& ctx) {
  WHYZERO_TRY(settle_shape(ctx, output_shape));
  const Tensor& segments = ctx.input(1);
  for (size_t k = 0; k < segments.elements(); ++k)
    if (segments.as<int32_t>()[k] >= ctx.output(0).dim(0))
      return ctx.error(ErrorCode::kInvalidArgument, fmt::format("{} names segment {}; there are {}", segments.label(),
                                                                segments.as<int32_t>()[k], ctx.output(0).dim(0)));
  return {};
}

}  // namespace whyzero::ops
