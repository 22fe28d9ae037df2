// CALL: runs a subgraph on the node's inputs; its outputs are the node's.
#include "ops/common/subgraph_call.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(0, 1 << 16, 0, 1 << 16));
  for (int k = 0; k < ctx.inputs(); ++k) WHYZERO_TRY(ctx.expect_input(k));
  return expect_called_outputs(ctx);
}

Result<void> eval(Context& ctx) { return call_subgraph(ctx, static_cast<int>(ctx.options<schema::CallOptions>().subgraph()), 0); }

}  // namespace

extern constinit const Operator unit_call{
    .name = "CALL", .builtin = schema::BuiltinOperator_CALL, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
