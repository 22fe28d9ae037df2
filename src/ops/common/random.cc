// Contract of the random operators.
#include "ops/common/random.h"

namespace whyzero::ops {
namespace {

Result<Shape> output_shape(Context& ctx) {
  WHYZERO_ASSIGN(const auto wanted, integers(ctx, ctx.input(0)));
  Shape shape;
  for (int64_t size : wanted) {
    WHYZERO_ASSIGN(const int32_t dim, dimension(ctx, size));
    shape.push_back(dim);
  }
  return shape;
}

}  // namespace

Result<void> prepare_random(Context& ctx, DType output) {
  WHYZERO_TRY(ctx.expect_arity(1, 1, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), {DType::kInt32, DType::kInt64}));
  WHYZERO_TRY(ctx.expect_dtype(ctx.output(0), {output}));
  const auto& options = ctx.options<schema::RandomOptions>();
  ctx.make_state<Philox>() = Philox(static_cast<uint64_t>(options.seed()), static_cast<uint64_t>(options.seed2()));
  return prepare_shape(ctx, {0}, output_shape);
}

Result<void> settle_random(Context& ctx) { return settle_shape(ctx, output_shape); }

}  // namespace whyzero::ops
