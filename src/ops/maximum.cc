// MAXIMUM: the larger of two broadcast inputs; where they do not compare (NaN) the second. Scales are not looked at.
#include "graph/options.h"
#include "ops/common/binary.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_ASSIGN(ctx.make_state<Broadcast<2>>(),
                 prepare_broadcast(ctx, {DType::kFloat32, DType::kFloat16, DType::kInt8, DType::kUInt8, DType::kInt16,
                                         DType::kInt32, DType::kInt64}));
  return {};
}

Result<void> eval(Context& ctx) {
  const auto& plan = ctx.state<Broadcast<2>>();
  if (ctx.input(0).dtype == DType::kFloat16)
    map2<Half, Half>(ctx, plan, [](Half a, Half b) { return static_cast<float>(a) > static_cast<float>(b) ? a : b; });
  dispatch(ctx.input(0).dtype, Types<float, int8_t, uint8_t, int16_t, int32_t, int64_t>{},
           [&]<class T>() { map2<T, T>(ctx, plan, [](T a, T b) { return a > b ? a : b; }); });
  return {};
}

}  // namespace

extern constinit const Operator unit_maximum{
    .name = "MAXIMUM", .builtin = schema::BuiltinOperator_MAXIMUM, .max_version = 4, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
