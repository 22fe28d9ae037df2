// READ_VARIABLE: the value of a variable, whose shape is whatever was assigned last.
#include <fmt/format.h>

#include "graph/options.h"
#include "ops/common/resource.h"
#include "ops/common/strings.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(1, 1, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), {DType::kResource}));
  ctx.make_dynamic(0);
  return {};
}

Result<void> eval(Context& ctx) {
  WHYZERO_ASSIGN(const Variable* const variable, find_resource<Variable>(ctx, 0, false));
  if (!variable || !variable->assigned)
    return ctx.error(ErrorCode::kMalformed,
                     fmt::format("reads variable {} before anything is assigned to it; a subgraph that sets it must run first",
                                 ctx.input(0).label()));
  Tensor& output = ctx.output(0);
  if (variable->dtype != output.dtype)
    return ctx.error(ErrorCode::kDtypeMismatch, fmt::format("the variable holds {}, output {} is {}", dtype_name(variable->dtype),
                                                            output.label(), dtype_name(output.dtype)));
  if (dtype_bits(output.dtype) == 0) {
    WHYZERO_ASSIGN(const auto views, read_strings(std::span<const uint8_t>(variable->bytes)));
    return ctx.set_strings(0, std::vector<std::string>(views.begin(), views.end()), variable->shape);
  }
  WHYZERO_TRY(ctx.resize_output(0, variable->shape));
  std::copy(variable->bytes.begin(), variable->bytes.end(), output.data);
  return {};
}

}  // namespace

extern constinit const Operator unit_read_variable{.name = "READ_VARIABLE",
                                                   .builtin = schema::BuiltinOperator_READ_VARIABLE,
                                                   .max_version = 1,
                                                   .prepare = prepare,
                                                   .eval = eval};

}  // namespace whyzero::ops
