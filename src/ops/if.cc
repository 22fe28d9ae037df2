// IF: runs one of two subgraphs on the inputs after the condition.
#include "ops/common/subgraph_call.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(1, 1 << 16, 0, 1 << 16));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), {DType::kBool}));
  for (int k = 1; k < ctx.inputs(); ++k) WHYZERO_TRY(ctx.expect_input(k));
  return expect_called_outputs(ctx);
}

Result<void> eval(Context& ctx) {
  WHYZERO_ASSIGN(const bool condition, truth_of(ctx, ctx.input(0)));
  const auto& options = ctx.options<schema::IfOptions>();
  std::vector<const Tensor*> inputs;
  for (int k = 1; k < ctx.inputs(); ++k) inputs.push_back(&ctx.input(k));
  std::vector<Tensor> results;
  WHYZERO_TRY(ctx.host().call(condition ? options.then_subgraph_index() : options.else_subgraph_index(), inputs, results));
  return give_outputs(ctx, results);
}

}  // namespace

extern constinit const Operator unit_if{.name = "IF", .builtin = schema::BuiltinOperator_IF, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
