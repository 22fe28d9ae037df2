// UNPACK: the slices of the input along an axis, each without that axis.
#include <fmt/format.h>

#include <cstring>
#include <limits>

#include "ops/common/shapes.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(1, 1, 0, std::numeric_limits<int>::max()));
  WHYZERO_TRY(ctx.expect_input(0));
  const Tensor& input = ctx.input(0);
  WHYZERO_TRY(expect_movable(ctx, input));
  WHYZERO_ASSIGN(const int axis, normalized_axis(ctx, ctx.options<schema::UnpackOptions>().axis(), input.rank()));
  if (input.dim(axis) != ctx.outputs())
    return ctx.error(ErrorCode::kMalformed, fmt::format("has {} outputs, dimension {} of input {} is {}", ctx.outputs(), axis,
                                                        input.label(), input.dim(axis)));
  Shape shape = input.shape;
  shape.erase(shape.begin() + axis);
  ctx.make_state<int>() = axis;
  for (int k = 0; k < ctx.outputs(); ++k) {
    WHYZERO_TRY(ctx.expect_same_dtype(input, ctx.output(k)));
    WHYZERO_TRY(ctx.resize_output(k, shape));
  }
  return {};
}

Result<void> eval(Context& ctx) {
  const Tensor& input = ctx.input(0);
  size_t outer = 1;
  for (int d = 0; d < ctx.state<int>(); ++d) outer *= static_cast<size_t>(input.dim(d));
  if (input.elements() == 0) return {};
  const size_t row = ctx.output(0).elements() / outer * dtype_size(input.dtype);
  const uint8_t* in = input.data;
  for (size_t o = 0; o < outer; ++o)
    for (int k = 0; k < ctx.outputs(); ++k, in += row) std::memcpy(ctx.output(k).data + o * row, in, row);
  return {};
}

}  // namespace

extern constinit const Operator unit_unpack{
    .name = "UNPACK", .builtin = schema::BuiltinOperator_UNPACK, .max_version = 6, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
