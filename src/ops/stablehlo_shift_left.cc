// STABLEHLO_SHIFT_LEFT: shifts by the low five bits of the amount, whatever the type's width.
#include "graph/options.h"
#include "ops/common/pairwise.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) { return prepare_pairwise(ctx, {DType::kInt8, DType::kInt16, DType::kInt32}); }

Result<void> eval(Context& ctx) {
  map_pairs(ctx, Types<int8_t, int16_t, int32_t>{},
            [](auto value, auto amount) { return static_cast<uint32_t>(value) << (static_cast<uint32_t>(amount) & 31u); });
  return {};
}

}  // namespace

extern constinit const Operator unit_stablehlo_shift_left{.name = "STABLEHLO_SHIFT_LEFT",
                                                          .builtin = schema::BuiltinOperator_STABLEHLO_SHIFT_LEFT,
                                                          .max_version = 1,
                                                          .prepare = prepare,
                                                          .eval = eval};

}  // namespace whyzero::ops
