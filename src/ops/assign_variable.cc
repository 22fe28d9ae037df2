// ASSIGN_VARIABLE: gives a variable a value, of any shape; it lasts until the next assignment or a reset.
#include "graph/options.h"
#include "ops/common/resource.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 0, 0));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(ctx.expect_input(1));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), {DType::kResource}));
  if (ctx.input(1).dtype == DType::kResource || ctx.input(1).dtype == DType::kVariant)
    return ctx.error(ErrorCode::kUnsupported, ctx.input(1).label() + " is a handle; a variable holds values");
  return {};
}

Result<void> eval(Context& ctx) {
  const Tensor& value = ctx.input(1);
  WHYZERO_ASSIGN(Variable* const variable, find_resource<Variable>(ctx, 0, true));
  if (!variable) return ctx.error(ErrorCode::kMalformed, ctx.input(0).label() + " is no variable but another resource");
  if (value.bytes > variable->bytes.capacity()) {
    if (auto room = ctx.host().reserve(value.bytes); !room) return fail(std::move(room).error(), ctx.node().label());
    std::vector<uint8_t>().swap(variable->bytes);
  }
  if (!try_resize(variable->bytes, value.bytes))
    return ctx.error(ErrorCode::kOutOfMemory, "no memory for the variable's " + std::to_string(value.bytes) + " bytes");
  if (value.bytes) std::copy_n(value.data, value.bytes, variable->bytes.begin());
  variable->dtype = value.dtype;
  variable->shape = value.shape;
  variable->assigned = true;
  return {};
}

}  // namespace

extern constinit const Operator unit_assign_variable{.name = "ASSIGN_VARIABLE",
                                                     .builtin = schema::BuiltinOperator_ASSIGN_VARIABLE,
                                                     .max_version = 1,
                                                     .prepare = prepare,
                                                     .eval = eval};

}  // namespace whyzero::ops
