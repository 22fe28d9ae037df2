// NON_MAX_SUPPRESSION_V4: of boxes that overlap only the best stays.
#include "graph/options.h"
#include "ops/common/suppression.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) { return prepare_suppression(ctx, false); }
Result<void> eval(Context& ctx) { return eval_suppression(ctx, false); }

}  // namespace

extern constinit const Operator unit_non_max_suppression_v4{.name = "NON_MAX_SUPPRESSION_V4",
                                                            .builtin = schema::BuiltinOperator_NON_MAX_SUPPRESSION_V4,
                                                            .max_version = 1,
                                                            .prepare = prepare,
                                                            .eval = eval};

}  // namespace whyzero::ops
