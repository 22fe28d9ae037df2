// WHILE: runs the body as long as the condition holds; the body's outputs are its next inputs.
#include "ops/common/subgraph_call.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(1, 1 << 16, 1, 1 << 16));
  if (ctx.inputs() != ctx.outputs())
    return ctx.error(ErrorCode::kMalformed, std::to_string(ctx.inputs()) + " inputs and " + std::to_string(ctx.outputs()) + " outputs; a loop has as many of both");
  for (int k = 0; k < ctx.inputs(); ++k) WHYZERO_TRY(ctx.expect_input(k));
  return expect_called_outputs(ctx);
}

std::vector<const Tensor*> pointers(const std::vector<Tensor>& tensors) {
  std::vector<const Tensor*> list;
  for (const Tensor& tensor : tensors) list.push_back(&tensor);
  return list;
}

Result<void> eval(Context& ctx) {
  const auto& options = ctx.options<schema::WhileOptions>();
  std::vector<const Tensor*> state;
  for (int k = 0; k < ctx.inputs(); ++k) state.push_back(&ctx.input(k));
  std::vector<Tensor> current;
  while (true) {
    std::vector<Tensor> answer;
    WHYZERO_TRY(ctx.host().call(options.cond_subgraph_index(), state, answer));
    if (answer.size() != 1) return ctx.error(ErrorCode::kMalformed, "the condition gives " + std::to_string(answer.size()) + " values, not one");
    WHYZERO_ASSIGN(const bool goes_on, truth_of(ctx, answer[0]));
    if (!goes_on) break;
    std::vector<Tensor> next;
    WHYZERO_TRY(ctx.host().call(options.body_subgraph_index(), state, next));
    if (next.size() != state.size())
      return ctx.error(ErrorCode::kMalformed, "the body gives " + std::to_string(next.size()) + " values for " + std::to_string(state.size()) + " inputs");
    current = std::move(next);
    state = pointers(current);
  }
  for (int k = 0; k < ctx.outputs(); ++k) WHYZERO_TRY(give_output(ctx, k, *state[static_cast<size_t>(k)]));
  return {};
}

}  // namespace

extern constinit const Operator unit_while{
    .name = "WHILE", .builtin = schema::BuiltinOperator_WHILE, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
