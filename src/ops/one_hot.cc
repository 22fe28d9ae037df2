// ONE_HOT: a new dimension with the "on" value at each index and the "off" value elsewhere.
#include <fmt/format.h>

#include <cstring>

#include "ops/common/spread.h"

namespace whyzero::ops {
namespace {

Result<int> new_axis(Context& ctx) {
  const int rank = ctx.input(0).rank();
  const int axis = ctx.options<schema::OneHotOptions>().axis();
  if (axis >= -1 && axis <= rank) return axis < 0 ? rank : axis;
  return ctx.error(ErrorCode::kMalformed, fmt::format("axis {} is not possible with indices of {} dimensions", axis, rank));
}

Result<Shape> output_shape(Context& ctx) {
  WHYZERO_ASSIGN(const int axis, new_axis(ctx));
  WHYZERO_ASSIGN(const auto depth, integers(ctx, ctx.input(1)));
  Shape shape = ctx.input(0).shape;
  WHYZERO_ASSIGN(const int32_t size, dimension(ctx, depth[0]));
  shape.insert(shape.begin() + axis, size);
  return shape;
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(4, 4, 1, 1));
  for (int k = 0; k < 4; ++k) WHYZERO_TRY(ctx.expect_input(k));
  for (int k = 0; k < 2; ++k) WHYZERO_TRY(ctx.expect_dtype(ctx.input(k), {DType::kInt32, DType::kInt64}));
  WHYZERO_TRY(expect_movable(ctx, ctx.output(0)));
  for (int k = 1; k < 4; ++k)
    if (ctx.input(k).elements() != 1)
      return ctx.error(ErrorCode::kMalformed, fmt::format("input {} ({}) must be one element", k, ctx.input(k).label()));
  for (int k = 2; k < 4; ++k) WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(k), ctx.output(0)));
  WHYZERO_TRY(new_axis(ctx));
  return prepare_shape(ctx, {1}, output_shape);
}

Result<void> eval(Context& ctx) {
  WHYZERO_TRY(settle_shape(ctx, output_shape));
  WHYZERO_ASSIGN(const int axis, new_axis(ctx));
  WHYZERO_ASSIGN(const auto indices, integers(ctx, ctx.input(0)));
  Tensor& output = ctx.output(0);
  const size_t bytes = dtype_size(output.dtype);
  fill_elements(output.data, output.elements(), ctx.input(3).data, bytes);
  const int64_t depth = output.dim(axis), inner = dense_strides(output.shape)[static_cast<size_t>(axis)];
  for (size_t k = 0; k < indices.size(); ++k) {
    if (indices[k] < 0 || indices[k] >= depth) continue;
    const int64_t at = static_cast<int64_t>(k);
    const int64_t to = (at / inner * depth + indices[k]) * inner + at % inner;
    std::memcpy(output.data + static_cast<size_t>(to) * bytes, ctx.input(2).data, bytes);
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_one_hot{
    .name = "ONE_HOT", .builtin = schema::BuiltinOperator_ONE_HOT, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
