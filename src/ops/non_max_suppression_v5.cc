// NON_MAX_SUPPRESSION_V5: scores of boxes that overlap a chosen one may fade instead of being dropped.
#include "graph/options.h"
#include "ops/common/suppression.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) { return prepare_suppression(ctx, true); }
Result<void> eval(Context& ctx) { return eval_suppression(ctx, true); }

}  // namespace

extern constinit const Operator unit_non_max_suppression_v5{.name = "NON_MAX_SUPPRESSION_V5",
                                                            .builtin = schema::BuiltinOperator_NON_MAX_SUPPRESSION_V5,
                                                            .max_version = 1,
                                                            .prepare = prepare,
                                                            .eval = eval};

}  // namespace whyzero::ops
