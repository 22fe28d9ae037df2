// SQUARE: square of each element.
#include "ops/common/elementwise.h"

namespace whyzero::ops {
namespace {

float function(float x) { return x * x; }

Result<void> prepare(Context& ctx) { return prepare_function<function>(ctx, {DType::kFloat32, DType::kFloat16}); }

}  // namespace

extern constinit const Operator unit_square{.name = "SQUARE",
                                            .builtin = schema::BuiltinOperator_SQUARE,
                                            .max_version = 1,
                                            .prepare = prepare,
                                            .eval = eval_function<function>};

}  // namespace whyzero::ops
