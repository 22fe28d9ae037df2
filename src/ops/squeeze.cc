// SQUEEZE: the same elements without dimensions of 1: all of them or those that are named.
#include <fmt/format.h>

#include "ops/common/move.h"

namespace whyzero::ops {
namespace {

Result<Shape> output_shape(Context& ctx) {
  const Tensor& input = ctx.input(0);
  const auto* dims = ctx.options<schema::SqueezeOptions>().squeeze_dims();
  std::vector<bool> drop(input.shape.size(), false);
  if (!dims || dims->size() == 0) {
    for (size_t d = 0; d < drop.size(); ++d) drop[d] = input.shape[d] == 1;
  } else {
    for (int32_t named : *dims) {
      WHYZERO_ASSIGN(const int axis, normalized_axis(ctx, named, input.rank()));
      if (input.dim(axis) != 1)
        return ctx.error(ErrorCode::kMalformed, fmt::format("dimension {} of input {} is {}, only 1 can be dropped", axis,
                                                            input.label(), input.dim(axis)));
      drop[static_cast<size_t>(axis)] = true;
    }
  }
  Shape shape;
  for (size_t d = 0; d < drop.size(); ++d)
    if (!drop[d]) shape.push_back(input.shape[d]);
  return shape;
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(1, 1, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  if (ctx.input(0).dtype != DType::kString) WHYZERO_TRY(expect_movable(ctx, ctx.input(0)));
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.output(0)));
  return prepare_shape(ctx, {}, output_shape);
}

Result<void> eval(Context& ctx) {
  return keep_elements(ctx);
}

}  // namespace

extern constinit const Operator unit_squeeze{
    .name = "SQUEEZE", .builtin = schema::BuiltinOperator_SQUEEZE, .max_version = 2, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
