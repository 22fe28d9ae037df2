// SEGMENT_SUM: sums of consecutive rows; the numbers of the segments start at 0 and rise by one at a time.
#include <fmt/format.h>

#include "ops/common/segments.h"

namespace whyzero::ops {
namespace {

Result<Shape> output_shape(Context& ctx) {
  const Tensor& segments = ctx.input(1);
  int32_t last = -1;
  for (size_t k = 0; k < segments.elements(); ++k) {
    const int32_t segment = segments.as<int32_t>()[k];
    if (segment != last && int64_t{segment} - 1 != last)
      return ctx.error(ErrorCode::kInvalidArgument,
                       fmt::format("segment {} follows {} in {}; they must rise by one from 0", segment, last, segments.label()));
    if (segment < 0)
      return ctx.error(ErrorCode::kInvalidArgument, fmt::format("segment {} in {} does not exist", segment, segments.label()));
    last = segment;
  }
  Shape shape = ctx.input(0).shape;
  WHYZERO_ASSIGN(shape[0], dimension(ctx, int64_t{last} + 1));
  return shape;
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, 1));
  for (int k = 0; k < 2; ++k) WHYZERO_TRY(ctx.expect_input(k));
  const Tensor& input = ctx.input(0);
  const Tensor& segments = ctx.input(1);
  WHYZERO_TRY(ctx.expect_dtype(input, {DType::kFloat32, DType::kInt32}));
  WHYZERO_TRY(ctx.expect_dtype(segments, {DType::kInt32}));
  WHYZERO_TRY(ctx.expect_same_dtype(input, ctx.output(0)));
  WHYZERO_TRY(ctx.expect_rank(segments, 1, 1));
  WHYZERO_TRY(ctx.expect_rank(input, 1, 1 << 16));
  if (segments.dim(0) != input.dim(0))
    return ctx.error(ErrorCode::kMalformed,
                     fmt::format("{} segments for the {} rows of input {}", segments.dim(0), input.dim(0), input.label()));
  return prepare_shape(ctx, {1}, output_shape);
}

Result<void> eval(Context& ctx) {
  WHYZERO_TRY(settle_shape(ctx, output_shape));
  dispatch(ctx.input(0).dtype, Types<float, int32_t>{},
           [&]<class T>() { combine_segments<T>(ctx.input(0), ctx.input(1), ctx.output(0), T{0}, SegmentSum{}); });
  return {};
}

}  // namespace

extern constinit const Operator unit_segment_sum{
    .name = "SEGMENT_SUM", .builtin = schema::BuiltinOperator_SEGMENT_SUM, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
