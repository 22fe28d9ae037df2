// RIGHT_SHIFT: bits of the first input moved to the right (with its sign) by the second, which is held to the width of the type.
#include "graph/options.h"
#include "ops/common/binary.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_ASSIGN(ctx.make_state<Broadcast<2>>(), prepare_broadcast(ctx, {DType::kInt8, DType::kUInt8, DType::kInt16,
                                                                         DType::kUInt16, DType::kInt32, DType::kUInt32}));
  return {};
}

Result<void> eval(Context& ctx) {
  const auto& plan = ctx.state<Broadcast<2>>();
  dispatch(ctx.input(0).dtype, Types<int8_t, uint8_t, int16_t, uint16_t, int32_t, uint32_t>{}, [&]<class T>() {
    const T most = sizeof(T) * 8 - 1;
    map2<T, T>(ctx, plan, [most](T a, T b) { return a >> std::clamp<T>(b, 0, most); });
  });
  return {};
}

}  // namespace

extern constinit const Operator unit_right_shift{
    .name = "RIGHT_SHIFT", .builtin = schema::BuiltinOperator_RIGHT_SHIFT, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
