// TRANSPOSE: dimensions in another order.
#include <fmt/format.h>

#include "ops/common/quantized.h"
#include "ops/common/shapes.h"

namespace whyzero::ops {
namespace {

Result<Shape> output_shape(Context& ctx) {
  const Tensor& input = ctx.input(0);
  WHYZERO_ASSIGN(const auto order, integers(ctx, ctx.input(1)));
  if (order.size() != input.shape.size())
    return ctx.error(ErrorCode::kMalformed, fmt::format("the order has {} entries, input {} has {} dimensions", order.size(),
                                                        input.label(), input.rank()));
  std::vector<bool> used(order.size(), false);
  Shape shape;
  for (int64_t from : order) {
    WHYZERO_ASSIGN(const int axis, normalized_axis(ctx, from, input.rank()));
    if (used[static_cast<size_t>(axis)])
      return ctx.error(ErrorCode::kMalformed, fmt::format("the order names dimension {} twice", axis));
    used[static_cast<size_t>(axis)] = true;
    shape.push_back(input.dim(axis));
  }
  return shape;
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(ctx.expect_input(1));
  if (ctx.input(0).dtype != DType::kInt4) WHYZERO_TRY(expect_movable(ctx, ctx.input(0)));
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.output(0)));
  return prepare_shape(ctx, {1}, output_shape);
}

Result<void> eval(Context& ctx) {
  WHYZERO_TRY(output_shape(ctx));
  WHYZERO_TRY(settle_shape(ctx, output_shape));
  const Tensor& input = ctx.input(0);
  Tensor& output = ctx.output(0);
  WHYZERO_ASSIGN(const auto order, integers(ctx, ctx.input(1)));
  const std::vector<int64_t> dense = dense_strides(input.shape);
  std::vector<int64_t> strides;
  for (int64_t from : order) strides.push_back(dense[static_cast<size_t>(from < 0 ? from + input.rank() : from)]);
  if (input.dtype == DType::kInt4) {
    const std::vector<int8_t> wide = unpacked(input);
    std::vector<int8_t> moved(wide.size());
    copy_strided(reinterpret_cast<const uint8_t*>(wide.data()), 0, strides, output.shape, 1,
                 reinterpret_cast<uint8_t*>(moved.data()));
    pack(moved, output);
    return {};
  }
  copy_strided(input.data, 0, strides, output.shape, dtype_size(input.dtype), output.data);
  return {};
}

}  // namespace

extern constinit const Operator unit_transpose{
    .name = "TRANSPOSE", .builtin = schema::BuiltinOperator_TRANSPOSE, .max_version = 9, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
