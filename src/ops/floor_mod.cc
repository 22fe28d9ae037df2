// FLOOR_MOD: remainder of two broadcast inputs, with the divisor's sign. A zero divisor of integers is an error.
#include <cmath>

#include "graph/options.h"
#include "ops/common/division.h"

namespace whyzero::ops {
namespace {

struct FloorModulo {
  float operator()(float a, float b) const {
    const float remainder = std::fmod(a, b);
    return remainder != 0.0f && (b < 0.0f) != (remainder < 0.0f) ? remainder + b : remainder;
  }
  int64_t operator()(int64_t a, int64_t b) const {
    if (b == -1) return 0;  // the lowest value has no quotient by -1
    const int64_t remainder = a % b;
    return remainder != 0 && (b < 0) != (remainder < 0) ? remainder + b : remainder;
  }
};

Result<void> prepare(Context& ctx) {
  return prepare_division(ctx, {DType::kFloat32, DType::kInt8, DType::kInt16, DType::kInt32, DType::kInt64});
}

Result<void> eval(Context& ctx) { return eval_division(ctx, FloorModulo{}); }

}  // namespace

extern constinit const Operator unit_floor_mod{
    .name = "FLOOR_MOD", .builtin = schema::BuiltinOperator_FLOOR_MOD, .max_version = 2, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
