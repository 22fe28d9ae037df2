// BATCH_TO_SPACE_ND: the same position of several batches becomes a block of positions, whose borders are cropped.
#include <fmt/format.h>

#include <cstring>

#include "ops/common/batch_space.h"

namespace whyzero::ops {
namespace {

Result<Shape> output_shape(Context& ctx) {
  WHYZERO_ASSIGN(const BlockControl control, read_block_control(ctx));
  Shape shape = ctx.input(0).shape;
  if (shape[0] % control.size != 0)
    return ctx.error(ErrorCode::kMalformed, fmt::format("{} batches of input {} are no multiple of the {} positions of a block",
                                                        shape[0], ctx.input(0).label(), control.size));
  shape[0] = static_cast<int32_t>(shape[0] / control.size);
  for (int64_t crop : control.border)
    if (crop < 0) return ctx.error(ErrorCode::kMalformed, fmt::format("a crop of {} is not possible", crop));
  for (size_t d = 0; d < control.block.size(); ++d) {
    const int64_t size = shape[d + 1] * control.block[d] - control.border[2 * d] - control.border[2 * d + 1];
    WHYZERO_ASSIGN(shape[d + 1], dimension(ctx, size));
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
  for_each_block_position(output.shape, input.shape, control, [&](int64_t space, int64_t batches, bool inside) {
    if (inside)
      std::memcpy(output.data + static_cast<size_t>(space) * bytes, input.data + static_cast<size_t>(batches) * bytes, row);
  });
  return {};
}

}  // namespace

extern constinit const Operator unit_batch_to_space_nd{.name = "BATCH_TO_SPACE_ND",
                                                       .builtin = schema::BuiltinOperator_BATCH_TO_SPACE_ND,
                                                       .max_version = 4,
                                                       .prepare = prepare,
                                                       .eval = eval};

}  // namespace whyzero::ops
