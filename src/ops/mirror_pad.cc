// MIRROR_PAD: the input with its own reflection around it, with the edge in the reflection (SYMMETRIC) or without.
#include <fmt/format.h>

#include <cstring>

#include "ops/common/padding.h"

namespace whyzero::ops {
namespace {

int32_t edge(Context& ctx) { return ctx.options<schema::MirrorPadOptions>().mode() == schema::MirrorPadMode_REFLECT ? 1 : 0; }

Result<Shape> output_shape(Context& ctx) {
  const Tensor& input = ctx.input(0);
  WHYZERO_ASSIGN(const auto paddings, read_paddings(ctx, ctx.input(1), input.rank()));
  Shape shape;
  for (size_t d = 0; d < input.shape.size(); ++d) {
    for (size_t side = 0; side < 2; ++side)
      if (paddings[2 * d + side] > std::max(0, input.shape[d] - edge(ctx)))
        return ctx.error(ErrorCode::kMalformed, fmt::format("a padding of {} cannot mirror dimension {} of {}",
                                                            paddings[2 * d + side], d, input.shape[d]));
    WHYZERO_ASSIGN(const int32_t size, dimension(ctx, input.shape[d] + paddings[2 * d] + paddings[2 * d + 1]));
    shape.push_back(size);
  }
  return shape;
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, 1));
  for (int k = 0; k < 2; ++k) WHYZERO_TRY(ctx.expect_input(k));
  WHYZERO_TRY(expect_movable(ctx, ctx.input(0)));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(1), {DType::kInt32, DType::kInt64}));
  WHYZERO_TRY(ctx.expect_rank(ctx.input(1), 2, 2));
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.output(0)));
  return prepare_shape(ctx, {1}, output_shape);
}

Result<void> eval(Context& ctx) {
  WHYZERO_TRY(settle_shape(ctx, output_shape));
  const Tensor& input = ctx.input(0);
  Tensor& output = ctx.output(0);
  WHYZERO_ASSIGN(const auto paddings, read_paddings(ctx, ctx.input(1), input.rank()));
  const size_t bytes = dtype_size(input.dtype), count = output.elements();
  const std::vector<int64_t> strides = dense_strides(input.shape);
  std::vector<int64_t> counter(input.shape.size(), 0);
  for (size_t k = 0; k < count; ++k) {
    int64_t from = 0;
    for (size_t d = 0; d < counter.size(); ++d) {
      const int64_t size = input.shape[d];
      int64_t at = counter[d] - paddings[2 * d];
      if (at < 0)
        at = -at - 1 + edge(ctx);
      else if (at >= size)
        at = 2 * size - at - 1 - edge(ctx);
      from += at * strides[d];
    }
    std::memcpy(output.data + k * bytes, input.data + static_cast<size_t>(from) * bytes, bytes);
    for (size_t d = counter.size(); d-- > 0;) {
      if (++counter[d] < output.shape[d]) break;
      counter[d] = 0;
    }
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_mirror_pad{
    .name = "MIRROR_PAD", .builtin = schema::BuiltinOperator_MIRROR_PAD, .max_version = 3, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
