// STABLEHLO_COMPOSITE: a named piece of computation; its decomposition, a subgraph, says what it computes.
#include "ops/common/subgraph_call.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(0, 1 << 16, 0, 1 << 16));
  for (int k = 0; k < ctx.inputs(); ++k) WHYZERO_TRY(ctx.expect_input(k));
  return expect_called_outputs(ctx);
}

Result<void> eval(Context& ctx) {
  return call_subgraph(ctx, ctx.options<schema::StableHLOCompositeOptions>().decomposition_subgraph_index(), 0);
}

}  // namespace

extern constinit const Operator unit_stablehlo_composite{.name = "STABLEHLO_COMPOSITE",
                                                         .builtin = schema::BuiltinOperator_STABLEHLO_COMPOSITE,
                                                         .max_version = 1,
                                                         .prepare = prepare,
                                                         .eval = eval};

}  // namespace whyzero::ops
