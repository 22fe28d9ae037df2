// SPACE_TO_BATCH_ND: the positions of a block go to as many batches, after padding with zeros (the zero point).
#include <fmt/format.h>

#include <cstring>

#include "ops/common/batch_space.h"
#include "ops/common/spread.h"

namespace whyzero::ops {
namespace {

Result<Shape> output_shape(Context& ctx) {
  WHYZERO_ASSIGN(const BlockControl control, read_block_control(ctx));
  Shape shape = ctx.input(0).shape;
  // The product of two block sizes and a batch may pass 64 bits; the size of a block alone decides then.
  WHYZERO_ASSIGN(const int32_t block, dimension(ctx, control.size));
  WHYZERO_ASSIGN(shape[0], dimension(ctx, int64_t{shape[0]} * block));
  for (size_t d = 0; d < control.block.size(); ++d) {
    const int64_t size = shape[d + 1] + control.border[2 * d] + control.border[2 * d + 1];
    if (size % control.block[d] != 0)
      return ctx.error(
          ErrorCode::kMalformed,
          fmt::format("dimension {} of {} with its padding is no multiple of the block size {}", d + 1, size, control.block[d]));
    WHYZERO_ASSIGN(shape[d + 1], dimension(ctx, size / control.block[d]));
  }
  return shape;
}

Result<void> prepare(Context& ctx) { return prepare_batch_space(ctx, output_shape); }

Result<void> eval(Context& ctx) {
  WHYZERO_TRY(settle_shape(ctx, output_shape));
  WHYZERO_ASSIGN(const BlockControl control, read_block_control(ctx));
  const Tensor& input = ctx.input(0);
  Tensor& output = ctx.output(0);
  if (output.elements() == 0) return {};
  const size_t bytes = dtype_size(input.dtype), row = bytes * static_cast<size_t>(input.shape.back());
  const bool quantized = dtype_size(output.dtype) < sizeof(int32_t);
  const int64_t zero = quantized ? output.zero_point() : 0;  // little-endian: narrower types take its first bytes
  for_each_block_position(input.shape, output.shape, control, [&](int64_t space, int64_t batches, bool inside) {
    uint8_t* to = output.data + static_cast<size_t>(batches) * bytes;
    if (inside)
      std::memcpy(to, input.data + static_cast<size_t>(space) * bytes, row);
    else
      fill_elements(to, row / bytes, reinterpret_cast<const uint8_t*>(&zero), bytes);
  });
  return {};
}

}  // namespace

extern constinit const Operator unit_space_to_batch_nd{.name = "SPACE_TO_BATCH_ND",
                                                       .builtin = schema::BuiltinOperator_SPACE_TO_BATCH_ND,
                                                       .max_version = 4,
                                                       .prepare = prepare,
                                                       .eval = eval};

}  // namespace whyzero::ops
