// GATHER_ND: the parts of the input that rows of indices name.
#include <fmt/format.h>

#include <cstring>

#include "ops/common/move.h"
#include "ops/common/nd_index.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, 1));
  for (int k = 0; k < 2; ++k) WHYZERO_TRY(ctx.expect_input(k));
  const Tensor& input = ctx.input(0);
  const Tensor& rows = ctx.input(1);
  if (input.dtype != DType::kString && input.dtype != DType::kInt4) WHYZERO_TRY(expect_movable(ctx, input));
  WHYZERO_TRY(ctx.expect_dtype(rows, {DType::kInt16, DType::kInt32, DType::kInt64}));
  WHYZERO_TRY(ctx.expect_same_dtype(input, ctx.output(0)));
  if (input.rank() < 1 || rows.rank() < 1 || rows.shape.back() > input.rank())
    return ctx.error(ErrorCode::kMalformed, fmt::format("indices {} of {} dimensions do not fit input {} of {} dimensions",
                                                        rows.label(), rows.rank(), input.label(), input.rank()));
  Shape shape(rows.shape.begin(), rows.shape.end() - 1);
  shape.insert(shape.end(), input.shape.begin() + rows.shape.back(), input.shape.end());
  return ctx.resize_output(0, shape);
}

Result<void> eval(Context& ctx) {
  const Tensor& input = ctx.input(0);
  const Tensor& rows = ctx.input(1);
  WHYZERO_ASSIGN(const auto indices, integers(ctx, rows));
  WHYZERO_ASSIGN(const NdIndex at, nd_index(ctx, indices, rows, input.shape));
  auto gather = [&](size_t bytes, const uint8_t* in, uint8_t* out) {
    const size_t part = at.part * bytes;
    if (part == 0) return;
    for (size_t k = 0; k < at.parts.size(); ++k) std::memcpy(out + k * part, in + at.parts[k] * part, part);
  };
  return move_elements(ctx, input, gather, ctx.output(0).shape);
}

}  // namespace

extern constinit const Operator unit_gather_nd{
    .name = "GATHER_ND", .builtin = schema::BuiltinOperator_GATHER_ND, .max_version = 6, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
