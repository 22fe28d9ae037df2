// SLICE: a block of the input, given by its first index and its size (-1: up to the end) along each dimension.
#include <fmt/format.h>

#include <algorithm>

#include "ops/common/move.h"

namespace whyzero::ops {
namespace {

Result<Shape> output_shape(Context& ctx) {
  const Tensor& input = ctx.input(0);
  WHYZERO_ASSIGN(const auto begin, integers(ctx, ctx.input(1)));
  WHYZERO_ASSIGN(const auto size, integers(ctx, ctx.input(2)));
  if (begin.size() != input.shape.size() || size.size() != begin.size())
    return ctx.error(ErrorCode::kMalformed, fmt::format("has {} begins and {} sizes, input {} has {} dimensions", begin.size(),
                                                        size.size(), input.label(), input.rank()));
  Shape shape;
  for (size_t d = 0; d < begin.size(); ++d) {
    const int64_t room = input.shape[d] - std::clamp<int64_t>(begin[d], 0, input.shape[d]);
    const int64_t wanted = size[d] == -1 ? room : size[d];
    if (begin[d] < 0 || begin[d] > input.shape[d] || wanted < 0 || wanted > room)
      return ctx.error(ErrorCode::kMalformed, fmt::format("{} elements from {} on leave dimension {} of {} elements", size[d],
                                                          begin[d], d, input.shape[d]));
    shape.push_back(static_cast<int32_t>(wanted));
  }
  return shape;
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(3, 3, 1, 1));
  for (int k = 0; k < 3; ++k) WHYZERO_TRY(ctx.expect_input(k));
  if (ctx.input(0).dtype != DType::kString) WHYZERO_TRY(expect_movable(ctx, ctx.input(0)));
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.output(0)));
  return prepare_shape(ctx, {1, 2}, output_shape);
}

Result<void> eval(Context& ctx) {
  WHYZERO_TRY(settle_shape(ctx, output_shape));
  const Tensor& input = ctx.input(0);
  WHYZERO_ASSIGN(const Shape shape, output_shape(ctx));
  WHYZERO_ASSIGN(const auto begin, integers(ctx, ctx.input(1)));
  const std::vector<int64_t> strides = dense_strides(input.shape);
  int64_t offset = 0;
  for (size_t d = 0; d < begin.size(); ++d) offset += begin[d] * strides[d];
  return move_elements(
      ctx, input, [&](size_t bytes, const uint8_t* in, uint8_t* out) { copy_strided(in, offset, strides, shape, bytes, out); },
      shape);
}

}  // namespace

extern constinit const Operator unit_slice{
    .name = "SLICE", .builtin = schema::BuiltinOperator_SLICE, .max_version = 8, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
