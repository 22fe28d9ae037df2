// PACK: inputs of one shape side by side along a new axis.
#include <fmt/format.h>

#include <cstring>
#include <limits>

#include "ops/common/shapes.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(1, std::numeric_limits<int>::max(), 1, 1));
  for (int k = 0; k < ctx.inputs(); ++k) {
    WHYZERO_TRY(ctx.expect_input(k));
    WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.input(k)));
    if (ctx.input(k).shape != ctx.input(0).shape)
      return ctx.error(ErrorCode::kMalformed,
                       fmt::format("inputs {} and {} have different shapes", ctx.input(0).label(), ctx.input(k).label()));
  }
  WHYZERO_TRY(expect_movable(ctx, ctx.input(0)));
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.output(0)));
  WHYZERO_ASSIGN(const int axis, normalized_axis(ctx, ctx.options<schema::PackOptions>().axis(), ctx.input(0).rank() + 1));
  Shape shape = ctx.input(0).shape;
  shape.insert(shape.begin() + axis, ctx.inputs());
  ctx.make_state<int>() = axis;
  return ctx.resize_output(0, std::move(shape));
}

Result<void> eval(Context& ctx) {
  const Tensor& first = ctx.input(0);
  size_t outer = 1;
  for (int d = 0; d < ctx.state<int>(); ++d) outer *= static_cast<size_t>(first.dim(d));
  const size_t row = outer == 0 ? 0 : first.elements() / outer * dtype_size(first.dtype);
  if (row == 0) return {};
  uint8_t* out = ctx.output(0).data;
  for (size_t o = 0; o < outer; ++o)
    for (int k = 0; k < ctx.inputs(); ++k, out += row) std::memcpy(out, ctx.input(k).data + o * row, row);
  return {};
}

}  // namespace

extern constinit const Operator unit_pack{
    .name = "PACK", .builtin = schema::BuiltinOperator_PACK, .max_version = 5, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
