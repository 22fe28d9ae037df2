// ATAN2: angle of the point (second input, first input).
#include "graph/options.h"
#include "ops/common/binary.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_ASSIGN(ctx.make_state<Broadcast<2>>(), prepare_broadcast(ctx, {DType::kFloat32, DType::kFloat16, DType::kFloat64}));
  return {};
}

Result<void> eval(Context& ctx) {
  const auto& plan = ctx.state<Broadcast<2>>();
  if (ctx.input(0).dtype == DType::kFloat16)
    map2<Half, Half>(ctx, plan, [](Half a, Half b) { return std::atan2(static_cast<float>(a), static_cast<float>(b)); });
  dispatch(ctx.input(0).dtype, Types<float, double>{},
           [&]<class T>() { map2<T, T>(ctx, plan, [](T a, T b) { return std::atan2(a, b); }); });
  return {};
}

}  // namespace

extern constinit const Operator unit_atan2{
    .name = "ATAN2", .builtin = schema::BuiltinOperator_ATAN2, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
