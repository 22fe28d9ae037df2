// REVERSE_SEQUENCE: the first elements along one dimension reversed, as many as the lengths say for each place along another.
#include <fmt/format.h>

#include <cstring>

#include "ops/common/shapes.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, 1));
  for (int k = 0; k < 2; ++k) WHYZERO_TRY(ctx.expect_input(k));
  const Tensor& input = ctx.input(0);
  const Tensor& lengths = ctx.input(1);
  WHYZERO_TRY(expect_movable(ctx, input));
  WHYZERO_TRY(ctx.expect_dtype(lengths, {DType::kInt32, DType::kInt64}));
  WHYZERO_TRY(ctx.expect_rank(lengths, 1, 1));
  WHYZERO_TRY(ctx.expect_same_dtype(input, ctx.output(0)));
  const auto& options = ctx.options<schema::ReverseSequenceOptions>();
  WHYZERO_ASSIGN(const int batch, normalized_axis(ctx, options.batch_dim(), input.rank()));
  WHYZERO_ASSIGN(const int sequence, normalized_axis(ctx, options.seq_dim(), input.rank()));
  if (batch == sequence)
    return ctx.error(ErrorCode::kMalformed, fmt::format("dimension {} cannot be both batch and sequence", batch));
  if (lengths.dim(0) != input.dim(batch))
    return ctx.error(ErrorCode::kMalformed, fmt::format("{} lengths for {} places along dimension {} of input {}", lengths.dim(0),
                                                        input.dim(batch), batch, input.label()));
  return ctx.resize_output(0, input.shape);
}

Result<void> eval(Context& ctx) {
  const Tensor& input = ctx.input(0);
  const auto& options = ctx.options<schema::ReverseSequenceOptions>();
  WHYZERO_ASSIGN(const int batch, normalized_axis(ctx, options.batch_dim(), input.rank()));
  WHYZERO_ASSIGN(const int sequence, normalized_axis(ctx, options.seq_dim(), input.rank()));
  WHYZERO_ASSIGN(const auto lengths, integers(ctx, ctx.input(1)));
  for (int64_t length : lengths)
    if (length > input.dim(sequence))
      return ctx.error(ErrorCode::kInvalidArgument, fmt::format("a length of {} is not possible; dimension {} of input {} is {}",
                                                                length, sequence, input.label(), input.dim(sequence)));
  const std::vector<int64_t> strides = dense_strides(input.shape);
  const size_t last = static_cast<size_t>(std::max(batch, sequence));
  const int64_t row = strides[last];
  const size_t bytes = dtype_size(input.dtype) * static_cast<size_t>(row);
  if (input.elements() == 0) return {};
  auto place = [&](int64_t at, int axis) { return at / strides[static_cast<size_t>(axis)] % input.dim(axis); };
  for (int64_t at = 0, count = static_cast<int64_t>(input.elements()); at < count; at += row) {
    const int64_t step = place(at, sequence), length = lengths[static_cast<size_t>(place(at, batch))];
    const int64_t from = step < length ? at + (length - 1 - 2 * step) * strides[static_cast<size_t>(sequence)] : at;
    const size_t element = dtype_size(input.dtype);
    std::memcpy(ctx.output(0).data + static_cast<size_t>(at) * element, input.data + static_cast<size_t>(from) * element, bytes);
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_reverse_sequence{.name = "REVERSE_SEQUENCE",
                                                      .builtin = schema::BuiltinOperator_REVERSE_SEQUENCE,
                                                      .max_version = 1,
                                                      .prepare = prepare,
                                                      .eval = eval};

}  // namespace whyzero::ops
