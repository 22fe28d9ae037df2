// NEG: sign reversed. Integers wrap at the lowest value; scales and zero points do not matter to the reference.
#include "ops/common/elementwise.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  return prepare_elementwise(ctx, {DType::kFloat32, DType::kFloat16, DType::kInt8, DType::kInt16, DType::kInt32, DType::kInt64});
}

Result<void> eval(Context& ctx) {
  if (ctx.input(0).dtype == DType::kFloat16) map<Half>(ctx, [](Half x) { return -static_cast<float>(x); });
  dispatch(ctx.input(0).dtype, Types<float, int8_t, int16_t, int32_t, int64_t>{}, [&]<class T>() {
    if constexpr (std::is_same_v<T, float>)
      map<T>(ctx, [](float x) { return -x; });
    else
      map<T>(ctx, [](T x) { return uint64_t{0} - static_cast<uint64_t>(x); });
  });
  return {};
}

}  // namespace

extern constinit const Operator unit_neg{
    .name = "NEG", .builtin = schema::BuiltinOperator_NEG, .max_version = 3, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
