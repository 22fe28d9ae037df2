// ADD_N: sum of two or more inputs of one shape.
#include <fmt/format.h>

#include "graph/options.h"
#include "ops/common/dispatch.h"
#include "ops/operator.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, std::numeric_limits<int>::max(), 1, 1));
  for (int k = 0; k < ctx.inputs(); ++k) {
    WHYZERO_TRY(ctx.expect_input(k));
    WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.input(k)));
    if (ctx.input(k).shape != ctx.input(0).shape)
      return ctx.error(ErrorCode::kMalformed, fmt::format("inputs {} and {} have different shapes; all must have the same",
                                                          ctx.input(0).label(), ctx.input(k).label()));
  }
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), {DType::kFloat32, DType::kInt32}));
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.output(0)));
  return ctx.resize_output(0, ctx.input(0).shape);
}

/// Sum is wide enough to wrap without overflow.
template <class T, class Sum>
void add_all(Context& ctx) {
  T* out = ctx.output(0).as<T>();
  for (size_t i = 0, count = ctx.output(0).elements(); i < count; ++i) {
    Sum sum = 0;
    for (int k = 0; k < ctx.inputs(); ++k) sum += static_cast<Sum>(ctx.input(k).as<T>()[i]);
    out[i] = static_cast<T>(sum);
  }
}

Result<void> eval(Context& ctx) {
  if (ctx.output(0).dtype == DType::kFloat32)
    add_all<float, float>(ctx);
  else
    add_all<int32_t, uint32_t>(ctx);
  return {};
}

}  // namespace

extern constinit const Operator unit_add_n{
    .name = "ADD_N", .builtin = schema::BuiltinOperator_ADD_N, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
