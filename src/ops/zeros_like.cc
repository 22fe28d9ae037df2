// ZEROS_LIKE: zeros of the input's shape and type.
#include <cstring>

#include "ops/common/elementwise.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) { return prepare_elementwise(ctx, {DType::kFloat32, DType::kInt32, DType::kInt64}); }

Result<void> eval(Context& ctx) {
  if (ctx.output(0).bytes > 0) std::memset(ctx.output(0).data, 0, ctx.output(0).bytes);
  return {};
}

}  // namespace

extern constinit const Operator unit_zeros_like{
    .name = "ZEROS_LIKE", .builtin = schema::BuiltinOperator_ZEROS_LIKE, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
