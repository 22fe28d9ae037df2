// LOGICAL_AND: true where both inputs are, broadcast.
#include "graph/options.h"
#include "ops/common/binary.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_ASSIGN(ctx.make_state<Broadcast<2>>(), prepare_broadcast(ctx, {DType::kBool}));
  return {};
}

Result<void> eval(Context& ctx) {
  const auto& plan = ctx.state<Broadcast<2>>();
  // Bytes, not bool: a file may hold other values than 0 and 1.
  map2<uint8_t, uint8_t>(ctx, plan, [](uint8_t a, uint8_t b) { return a != 0 && b != 0; });
  return {};
}

}  // namespace

extern constinit const Operator unit_logical_and{
    .name = "LOGICAL_AND", .builtin = schema::BuiltinOperator_LOGICAL_AND, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
