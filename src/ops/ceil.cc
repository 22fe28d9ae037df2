// CEIL: smallest integer that is not below each element.
#include <limits>

#include "ops/common/elementwise.h"

namespace whyzero::ops {
namespace {

/// The only official kernel, an optimised one, takes denormals for 0; every other number between 0 and 1 becomes 1.
float function(float x) { return std::abs(x) < std::numeric_limits<float>::min() ? 0.0f : std::ceil(x); }

Result<void> prepare(Context& ctx) { return prepare_function<function>(ctx, {DType::kFloat32, DType::kFloat16}); }

}  // namespace

extern constinit const Operator unit_ceil{.name = "CEIL",
                                          .builtin = schema::BuiltinOperator_CEIL,
                                          .max_version = 1,
                                          .prepare = prepare,
                                          .eval = eval_function<function>};

}  // namespace whyzero::ops
