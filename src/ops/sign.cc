// SIGN: -1, 0 or 1; NaN gives 0.
#include "ops/common/elementwise.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) { return prepare_elementwise(ctx, {DType::kFloat32, DType::kFloat64, DType::kInt32}); }

Result<void> eval(Context& ctx) {
  dispatch(ctx.input(0).dtype, Types<float, double, int32_t>{}, [&]<class T>() {
    map<T>(ctx, [](T x) { return x > 0 ? 1 : x < 0 ? -1 : 0; });
  });
  return {};
}

}  // namespace

extern constinit const Operator unit_sign{
    .name = "SIGN", .builtin = schema::BuiltinOperator_SIGN, .max_version = 2, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
