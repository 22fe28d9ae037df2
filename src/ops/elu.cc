// ELU: x above 0, e^x - 1 below; int8 by a table with ties rounded to even.
#include "ops/common/elementwise.h"

namespace whyzero::ops {
namespace {

float elu(float x) { return x < 0.0f ? std::expm1(x) : x; }

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(prepare_elementwise(ctx, {DType::kFloat32, DType::kInt8}));
  if (ctx.input(0).dtype == DType::kFloat32) return {};
  WHYZERO_TRY(expect_quantized_both(ctx));
  ctx.make_state<FunctionTable>() = make_table(ctx.input(0), ctx.output(0), elu, true);
  return {};
}

}  // namespace

extern constinit const Operator unit_elu{
    .name = "ELU", .builtin = schema::BuiltinOperator_ELU, .max_version = 1, .prepare = prepare, .eval = eval_function<elu>};

}  // namespace whyzero::ops
