// SPLIT: equal parts of the input along an axis.
#include <fmt/format.h>

#include <cstring>
#include <limits>

#include "ops/common/shapes.h"

namespace whyzero::ops {
namespace {

Result<int> split_axis(Context& ctx) {
  WHYZERO_ASSIGN(const auto axes, integers(ctx, ctx.input(0)));
  if (axes.size() != 1) return ctx.error(ErrorCode::kMalformed, fmt::format("has {} axes, expected one", axes.size()));
  return normalized_axis(ctx, axes[0], ctx.input(1).rank());
}

Result<void> resize(Context& ctx) {
  const Tensor& input = ctx.input(1);
  WHYZERO_ASSIGN(const int axis, split_axis(ctx));
  if (input.dim(axis) % ctx.outputs() != 0)
    return ctx.error(ErrorCode::kMalformed, fmt::format("dimension {} of input {} is {}, which {} equal parts do not fill", axis,
                                                        input.label(), input.dim(axis), ctx.outputs()));
  Shape shape = input.shape;
  shape[static_cast<size_t>(axis)] /= ctx.outputs();
  for (int k = 0; k < ctx.outputs(); ++k) WHYZERO_TRY(ctx.resize_output(k, shape));
  return {};
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, std::numeric_limits<int>::max()));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(ctx.expect_input(1));
  WHYZERO_TRY(expect_movable(ctx, ctx.input(1)));
  for (int k = 0; k < ctx.outputs(); ++k) WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(1), ctx.output(k)));
  if (ctx.input(0).constant) return resize(ctx);
  for (int k = 0; k < ctx.outputs(); ++k) ctx.make_dynamic(k);
  return {};
}

Result<void> eval(Context& ctx) {
  const Tensor& input = ctx.input(1);
  if (ctx.output(0).dynamic) WHYZERO_TRY(resize(ctx));
  WHYZERO_ASSIGN(const int axis, split_axis(ctx));
  size_t outer = 1;
  for (int d = 0; d < axis; ++d) outer *= static_cast<size_t>(input.dim(d));
  const uint8_t* in = input.data;
  for (size_t o = 0; o < outer; ++o)
    for (int k = 0; k < ctx.outputs(); ++k) {
      const size_t row = ctx.output(k).elements() / outer * dtype_size(input.dtype);
      if (row > 0) std::memcpy(ctx.output(k).data + o * row, in, row);
      in += row;
    }
  return {};
}

}  // namespace

extern constinit const Operator unit_split{
    .name = "SPLIT", .builtin = schema::BuiltinOperator_SPLIT, .max_version = 5, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
