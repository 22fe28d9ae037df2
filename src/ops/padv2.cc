// PADV2: the input with a given value around it.
#include "ops/common/padding.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) { return prepare_padding(ctx, 3); }

Result<void> eval(Context& ctx) { return eval_padding(ctx); }

}  // namespace

extern constinit const Operator unit_padv2{
    .name = "PADV2", .builtin = schema::BuiltinOperator_PADV2, .max_version = 6, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
