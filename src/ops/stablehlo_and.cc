// STABLEHLO_AND: the bits that are set in both of a pair.
#include "graph/options.h"
#include "ops/common/pairwise.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  return prepare_pairwise(ctx, {DType::kInt8, DType::kUInt8, DType::kInt16, DType::kUInt16, DType::kInt32, DType::kUInt32,
                                DType::kInt64, DType::kUInt64, DType::kBool});
}

Result<void> eval(Context& ctx) {
  const uint8_t* a = ctx.input(0).data;
  const uint8_t* b = ctx.input(1).data;
  for (size_t k = 0; k < ctx.output(0).bytes; ++k) ctx.output(0).data[k] = a[k] & b[k];
  return {};
}

}  // namespace

extern constinit const Operator unit_stablehlo_and{.name = "STABLEHLO_AND",
                                                   .builtin = schema::BuiltinOperator_STABLEHLO_AND,
                                                   .max_version = 1,
                                                   .prepare = prepare,
                                                   .eval = eval};

}  // namespace whyzero::ops
