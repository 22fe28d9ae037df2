// STABLEHLO_CASE: runs the subgraph that an index chooses; an index that has none chooses the last.
#include "ops/common/subgraph_call.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(1, 1 << 16, 0, 1 << 16));
  for (int k = 0; k < ctx.inputs(); ++k) WHYZERO_TRY(ctx.expect_input(k));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), {DType::kInt32}));
  if (ctx.input(0).elements() != 1)
    return ctx.error(ErrorCode::kMalformed, "the index " + ctx.input(0).label() + " must be one element");
  const auto* branches = ctx.options<schema::StablehloCaseOptions>().branch_subgraph_indices();
  if (!branches || branches->size() == 0) return ctx.error(ErrorCode::kMalformed, "there are no branches to choose from");
  return expect_called_outputs(ctx);
}

Result<void> eval(Context& ctx) {
  const auto& branches = *ctx.options<schema::StablehloCaseOptions>().branch_subgraph_indices();
  const int32_t index = ctx.input(0).as<int32_t>()[0], last = static_cast<int32_t>(branches.size()) - 1;
  return call_subgraph(ctx, branches.Get(static_cast<flatbuffers::uoffset_t>(index < 0 || index > last ? last : index)), 1);
}

}  // namespace

extern constinit const Operator unit_stablehlo_case{.name = "STABLEHLO_CASE",
                                                    .builtin = schema::BuiltinOperator_STABLEHLO_CASE,
                                                    .max_version = 1,
                                                    .prepare = prepare,
                                                    .eval = eval};

}  // namespace whyzero::ops
