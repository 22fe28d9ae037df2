// FLOOR_DIV: quotient of two broadcast inputs, rounded towards minus infinity. A zero divisor of integers is an error.
#include <cmath>

#include "graph/options.h"
#include "ops/common/division.h"

namespace whyzero::ops {
namespace {

struct FloorDivide {
  /// The quotient is a double: 1 / 0.1f is 9, for 0.1f lies above a tenth.
  float operator()(float a, float b) const {
    return static_cast<float>(std::floor(static_cast<double>(a) / static_cast<double>(b)));
  }
  /// Of types up to 32 bits; the one quotient that does not fit its type wraps.
  int64_t operator()(int64_t a, int64_t b) const { return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0); }
};

Result<void> prepare(Context& ctx) {
  return prepare_division(ctx, {DType::kFloat32, DType::kInt8, DType::kInt16, DType::kInt32});
}

Result<void> eval(Context& ctx) { return eval_division(ctx, FloorDivide{}); }

}  // namespace

extern constinit const Operator unit_floor_div{
    .name = "FLOOR_DIV", .builtin = schema::BuiltinOperator_FLOOR_DIV, .max_version = 3, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
