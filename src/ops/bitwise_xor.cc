// BITWISE_XOR: exclusive or of the bits of two broadcast inputs.
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
  dispatch(ctx.input(0).dtype, Types<int8_t, uint8_t, int16_t, uint16_t, int32_t, uint32_t>{},
           [&]<class T>() { map2<T, T>(ctx, plan, [](T a, T b) { return a ^ b; }); });
  return {};
}

}  // namespace

extern constinit const Operator unit_bitwise_xor{
    .name = "BITWISE_XOR", .builtin = schema::BuiltinOperator_BITWISE_XOR, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
