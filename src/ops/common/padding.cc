// The padded shape, the value around it, and the copy into its middle.
#include "ops/common/padding.h"

#include <fmt/format.h>

#include <cstring>

#include "ops/common/quantized.h"

namespace whyzero::ops {
namespace {

Result<Shape> output_shape(Context& ctx) {
  const Tensor& input = ctx.input(0);
  WHYZERO_ASSIGN(const auto paddings, read_paddings(ctx, ctx.input(1), input.rank()));
  Shape shape;
  for (size_t d = 0; d < input.shape.size(); ++d) {
    WHYZERO_ASSIGN(const int32_t size, dimension(ctx, input.shape[d] + paddings[2 * d] + paddings[2 * d + 1]));
    shape.push_back(size);
  }
  return shape;
}

}  // namespace

Result<std::vector<int64_t>> read_paddings(const Context& ctx, const Tensor& paddings, int rank) {
  WHYZERO_ASSIGN(auto values, integers(ctx, paddings));
  if (values.size() != 2 * static_cast<size_t>(rank))
    return ctx.error(ErrorCode::kMalformed, fmt::format("paddings {} have {} entries, expected two for each of {} dimensions",
                                                        paddings.label(), values.size(), rank));
  for (int64_t value : values)
    if (value < 0 || value > std::numeric_limits<int32_t>::max())
      return ctx.error(ErrorCode::kMalformed, fmt::format("a padding of {} is not possible", value));
  return values;
}

Result<void> prepare_padding(Context& ctx, int inputs) {
  WHYZERO_TRY(ctx.expect_arity(inputs, inputs, 1, 1));
  for (int k = 0; k < inputs; ++k) WHYZERO_TRY(ctx.expect_input(k));
  const Tensor& input = ctx.input(0);
  WHYZERO_TRY(expect_movable(ctx, input));
  WHYZERO_TRY(ctx.expect_same_dtype(input, ctx.output(0)));
  if (inputs == 3) {
    WHYZERO_TRY(ctx.expect_same_dtype(input, ctx.input(2)));
    if (ctx.input(2).elements() != 1)
      return ctx.error(ErrorCode::kMalformed, fmt::format("value {} must be one element", ctx.input(2).label()));
  }
  return prepare_shape(ctx, {1}, output_shape);
}

Result<void> eval_padding(Context& ctx) {
  WHYZERO_TRY(settle_shape(ctx, output_shape));
  const Tensor& input = ctx.input(0);
  Tensor& output = ctx.output(0);
  const size_t bytes = dtype_size(input.dtype);
  WHYZERO_ASSIGN(const auto paddings, read_paddings(ctx, ctx.input(1), input.rank()));
  // 0, which is the zero point in a quantized tensor; little-endian, so that narrower types take its first bytes.
  int64_t value[2] = {dtype_is_integer(output.dtype) ? output.zero_point() : 0, 0};
  if (ctx.inputs() == 3) std::memcpy(value, ctx.input(2).data, bytes);
  for (size_t k = 0; k < output.bytes; k += bytes) std::memcpy(output.data + k, value, bytes);
  const std::vector<int64_t> to = dense_strides(output.shape);
  const size_t rank = input.shape.size();
  const size_t row = (rank == 0 ? 1 : static_cast<size_t>(input.shape[rank - 1])) * bytes;
  if (input.elements() == 0) return {};
  std::vector<int32_t> counter(rank, 0);
  int64_t at = 0;
  for (size_t d = 0; d < rank; ++d) at += paddings[2 * d] * to[d];
  for (size_t done = 0; done < input.bytes; done += row) {
    std::memcpy(output.data + static_cast<size_t>(at) * bytes, input.data + done, row);
    for (size_t d = rank; d-- > 0;) {
      if (d == rank - 1) continue;
      at += to[d];
      if (++counter[d] < input.shape[d]) break;
      at -= to[d] * input.shape[d];
      counter[d] = 0;
    }
  }
  return {};
}

}  // namespace whyzero::ops
