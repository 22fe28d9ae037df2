// FLOOR: largest integer that is not above each element.
#include "ops/common/elementwise.h"

namespace whyzero::ops {
namespace {

float function(float x) { return std::floor(x); }

Result<void> prepare(Context& ctx) { return prepare_function<function>(ctx, {DType::kFloat32, DType::kFloat16}); }

}  // namespace

extern constinit const Operator unit_floor{.name = "FLOOR",
                                           .builtin = schema::BuiltinOperator_FLOOR,
                                           .max_version = 1,
                                           .prepare = prepare,
                                           .eval = eval_function<function>};

}  // namespace whyzero::ops
