// BITCAST: the same bytes as elements of another type. Larger elements take the last dimension together, smaller ones add one.
#include <fmt/format.h>

#include "ops/common/shapes.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(1, 1, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  const Tensor& input = ctx.input(0);
  WHYZERO_TRY(expect_movable(ctx, input));
  WHYZERO_TRY(expect_movable(ctx, ctx.output(0)));
  const size_t from = dtype_size(input.dtype), to = dtype_size(ctx.output(0).dtype);
  Shape shape = input.shape;
  if (from > to) {
    shape.push_back(static_cast<int32_t>(from / to));
  } else if (from < to) {
    if (shape.empty() || static_cast<size_t>(shape.back()) != to / from)
      return ctx.error(ErrorCode::kMalformed,
                       fmt::format("the last dimension of input {} must be {}: as many {} elements make one {}", input.label(),
                                   to / from, dtype_name(input.dtype), dtype_name(ctx.output(0).dtype)));
    shape.pop_back();
  }
  return ctx.resize_output(0, shape);
}

Result<void> eval(Context& ctx) {
  copy_all(ctx);
  return {};
}

}  // namespace

extern constinit const Operator unit_bitcast{
    .name = "BITCAST", .builtin = schema::BuiltinOperator_BITCAST, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
