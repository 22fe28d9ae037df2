// PAD: the input with zeros (the zero point of a quantized tensor) around it.
#include "ops/common/padding.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) { return prepare_padding(ctx, 2); }

Result<void> eval(Context& ctx) { return eval_padding(ctx); }

}  // namespace

extern constinit const Operator unit_pad{
    .name = "PAD", .builtin = schema::BuiltinOperator_PAD, .max_version = 6, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
