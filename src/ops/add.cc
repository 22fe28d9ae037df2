// ADD: sum of two broadcast inputs, with a fused activation. Integers without scale wrap.
#include "graph/options.h"
#include "ops/common/binary.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  auto& state = ctx.make_state<ArithmeticState>();
  WHYZERO_TRY(prepare_arithmetic(
      ctx, state, {DType::kFloat32, DType::kFloat16, DType::kInt8, DType::kUInt8, DType::kInt16, DType::kInt32, DType::kInt64},
      ctx.options<schema::AddOptions>().fused_activation_function()));
  if (is_quantized(ctx.input(0))) prepare_sum(ctx, state);
  return {};
}

Result<void> eval(Context& ctx) { return eval_sum(ctx, ctx.state<ArithmeticState>(), 1); }

}  // namespace

extern constinit const Operator unit_add{
    .name = "ADD", .builtin = schema::BuiltinOperator_ADD, .max_version = 6, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
