// STABLEHLO_MINIMUM: the smaller of each pair, the first where they do not compare.
#include "graph/options.h"
#include "ops/common/pairwise.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) { return prepare_pairwise(ctx); }

Result<void> eval(Context& ctx) {
  map_pairs(ctx, PairTypes{}, [](auto a, auto b) { return b < a ? b : a; });
  return {};
}

}  // namespace

extern constinit const Operator unit_stablehlo_minimum{.name = "STABLEHLO_MINIMUM",
                                                       .builtin = schema::BuiltinOperator_STABLEHLO_MINIMUM,
                                                       .max_version = 1,
                                                       .prepare = prepare,
                                                       .eval = eval};

}  // namespace whyzero::ops
