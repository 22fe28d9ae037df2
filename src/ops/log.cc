// LOG: natural logarithm of each element; integers by a table.
#include "ops/common/elementwise.h"

namespace whyzero::ops {
namespace {

float function(float x) { return std::log(x); }

Result<void> prepare(Context& ctx) { return prepare_function<function>(ctx, {DType::kFloat32, DType::kFloat16, DType::kInt8, DType::kInt16}); }

}  // namespace

extern constinit const Operator unit_log{
    .name = "LOG", .builtin = schema::BuiltinOperator_LOG, .max_version = 2, .prepare = prepare, .eval = eval_function<function>};

}  // namespace whyzero::ops
