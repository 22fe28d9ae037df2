// FILL: one value in a given shape.
#include <fmt/format.h>

#include <algorithm>

#include "ops/common/scratch.h"
#include "ops/common/spread.h"
#include "ops/common/strings.h"

namespace whyzero::ops {
namespace {

Result<Shape> output_shape(Context& ctx) {
  WHYZERO_ASSIGN(const auto wanted, integers(ctx, ctx.input(0)));
  Shape shape;
  for (int64_t size : wanted) {
    WHYZERO_ASSIGN(const int32_t dim, dimension(ctx, size));
    shape.push_back(dim);
  }
  return shape;
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, 1));
  for (int k = 0; k < 2; ++k) WHYZERO_TRY(ctx.expect_input(k));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), {DType::kInt32, DType::kInt64}));
  WHYZERO_TRY(ctx.expect_rank(ctx.input(0), 1, 1));
  const Tensor& value = ctx.input(1);
  WHYZERO_TRY(ctx.expect_rank(value, 0, 0));
  if (value.dtype != DType::kString) WHYZERO_TRY(expect_movable(ctx, value));
  WHYZERO_TRY(ctx.expect_same_dtype(value, ctx.output(0)));
  // The stored integer is copied: it must mean the same on both sides.
  if (value.scale() != ctx.output(0).scale() || value.zero_point() != ctx.output(0).zero_point())
    return ctx.error(
        ErrorCode::kQuantizationInvalid,
        fmt::format("value {} and output {} must have the same scale and zero point", value.label(), ctx.output(0).label()));
  return prepare_shape(ctx, {0}, output_shape);
}

Result<void> eval(Context& ctx) {
  WHYZERO_TRY(settle_shape(ctx, output_shape));
  const Tensor& value = ctx.input(1);
  Tensor& output = ctx.output(0);
  if (value.dtype != DType::kString) {
    fill_elements(output.data, output.elements(), value.data, dtype_size(value.dtype));
    return {};
  }
  WHYZERO_ASSIGN(const auto texts, read_strings(value));
  const Shape shape = output.shape;
  WHYZERO_ASSIGN(auto copies, scratch<std::string>(ctx, element_count(shape)));
  if (texts[0].size() > 0)
    if (const auto all = checked_mul(copies.size(), texts[0].size()); !all || !ctx.host().reserve(*all))
      return ctx.error(ErrorCode::kOutOfMemory, fmt::format("no room for {} copies of a string", copies.size()));
  std::fill(copies.begin(), copies.end(), std::string(texts[0]));
  return ctx.set_strings(0, copies, shape);
}

}  // namespace

extern constinit const Operator unit_fill{
    .name = "FILL", .builtin = schema::BuiltinOperator_FILL, .max_version = 5, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
