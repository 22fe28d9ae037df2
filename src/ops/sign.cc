// SIGN: -1, 0 or 1; NaN stays NaN.
#include "ops/common/elementwise.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) { return prepare_elementwise(ctx, {DType::kFloat32, DType::kFloat64, DType::kInt32}); }

Result<void> eval(Context& ctx) {
  dispatch(ctx.input(0).dtype, Types<float, double, int32_t>{}, [&]<class T>() {
    map<T>(ctx, [](T x) { return x > T{0} ? T{1} : x < T{0} ? T{-1} : x == T{0} ? T{0} : x; });
  });
  return {};
}

}  // namespace

extern constinit const Operator unit_sign{
    .name = "SIGN", .builtin = schema::BuiltinOperator_SIGN, .max_version = 2, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
