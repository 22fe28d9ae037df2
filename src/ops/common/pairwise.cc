// Contract of the STABLEHLO operators of two inputs.
#include "ops/common/pairwise.h"

#include <fmt/format.h>

namespace whyzero::ops {

Result<void> prepare_pairwise(Context& ctx, std::initializer_list<DType> allowed) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, 1));
  for (int k = 0; k < 2; ++k) {
    WHYZERO_TRY(ctx.expect_input(k));
    WHYZERO_TRY(ctx.expect_dtype(ctx.input(k), allowed));
    WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(k), ctx.output(0)));
  }
  if (ctx.input(0).shape != ctx.input(1).shape)
    return ctx.error(ErrorCode::kMalformed,
                     fmt::format("inputs {} and {} must have the same shape; STABLEHLO operators do not broadcast",
                                 ctx.input(0).label(), ctx.input(1).label()));
  return ctx.resize_output(0, ctx.input(0).shape);
}

Result<void> prepare_pairwise(Context& ctx) {
  return prepare_pairwise(ctx, {DType::kFloat16, DType::kFloat32, DType::kFloat64, DType::kInt8, DType::kUInt8, DType::kInt16,
                                DType::kUInt16, DType::kInt32, DType::kUInt32, DType::kInt64, DType::kUInt64, DType::kBool});
}

}  // namespace whyzero::ops
