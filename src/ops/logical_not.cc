// LOGICAL_NOT: true where the input is false.
#include "ops/common/elementwise.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) { return prepare_elementwise(ctx, {DType::kBool}); }

Result<void> eval(Context& ctx) {
  // Bytes, not bool: a file may hold other values than 0 and 1.
  map<uint8_t>(ctx, [](uint8_t x) { return x == 0; });
  return {};
}

}  // namespace

extern constinit const Operator unit_logical_not{
    .name = "LOGICAL_NOT", .builtin = schema::BuiltinOperator_LOGICAL_NOT, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
