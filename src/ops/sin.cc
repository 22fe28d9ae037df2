// SIN: sine of each element.
#include "ops/common/elementwise.h"

namespace whyzero::ops {
namespace {

float function(float x) { return std::sin(x); }

Result<void> prepare(Context& ctx) { return prepare_function<function>(ctx, {DType::kFloat32, DType::kFloat16}); }

}  // namespace

extern constinit const Operator unit_sin{
    .name = "SIN", .builtin = schema::BuiltinOperator_SIN, .max_version = 2, .prepare = prepare, .eval = eval_function<function>};

}  // namespace whyzero::ops
