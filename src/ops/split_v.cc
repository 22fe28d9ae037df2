// SPLIT_V: parts of given sizes of the input along an axis; one size may be -1, whatever is left.
#include <fmt/format.h>

#include <cstring>
#include <limits>

#include "ops/common/shapes.h"

namespace whyzero::ops {
namespace {

Result<int> split_axis(Context& ctx) {
  WHYZERO_ASSIGN(const auto axes, integers(ctx, ctx.input(2)));
  if (axes.size() != 1) return ctx.error(ErrorCode::kMalformed, fmt::format("has {} axes, expected one", axes.size()));
  return normalized_axis(ctx, axes[0], ctx.input(0).rank());
}

Result<void> resize(Context& ctx) {
  const Tensor& input = ctx.input(0);
  WHYZERO_ASSIGN(const int axis, split_axis(ctx));
  WHYZERO_ASSIGN(auto sizes, integers(ctx, ctx.input(1)));
  if (sizes.size() != static_cast<size_t>(ctx.outputs()))
    return ctx.error(ErrorCode::kMalformed, fmt::format("has {} sizes and {} outputs", sizes.size(), ctx.outputs()));
  int64_t known = 0;
  int64_t* free = nullptr;
  for (int64_t& size : sizes) {
    if (size == -1 && !free)
      free = &size;
    else if (size < 0 || size > input.dim(axis))
      return ctx.error(ErrorCode::kMalformed, fmt::format("a part cannot have size {}", size));
    else
      known += size;
  }
  if (free) *free = input.dim(axis) - known;
  if ((free && *free < 0) || (!free && known != input.dim(axis)))
    return ctx.error(ErrorCode::kMalformed, fmt::format("the parts have {} together, dimension {} of input {} is {}", known, axis,
                                                        input.label(), input.dim(axis)));
  for (int k = 0; k < ctx.outputs(); ++k) {
    Shape shape = input.shape;
    shape[static_cast<size_t>(axis)] = static_cast<int32_t>(sizes[static_cast<size_t>(k)]);
    WHYZERO_TRY(ctx.resize_output(k, std::move(shape)));
  }
  return {};
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(3, 3, 1, std::numeric_limits<int>::max()));
  for (int k = 0; k < 3; ++k) WHYZERO_TRY(ctx.expect_input(k));
  WHYZERO_TRY(expect_movable(ctx, ctx.input(0)));
  for (int k = 0; k < ctx.outputs(); ++k) WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.output(k)));
  if (ctx.input(1).constant && ctx.input(2).constant) return resize(ctx);
  for (int k = 0; k < ctx.outputs(); ++k) ctx.make_dynamic(k);
  return {};
}

Result<void> eval(Context& ctx) {
  const Tensor& input = ctx.input(0);
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

extern constinit const Operator unit_split_v{
    .name = "SPLIT_V", .builtin = schema::BuiltinOperator_SPLIT_V, .max_version = 3, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
