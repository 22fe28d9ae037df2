// BROADCAST_ARGS: the shape that two shapes broadcast to.
#include <fmt/format.h>

#include <algorithm>

#include "ops/common/shapes.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, 1));
  for (int k = 0; k < 2; ++k) {
    WHYZERO_TRY(ctx.expect_input(k));
    WHYZERO_TRY(ctx.expect_dtype(ctx.input(k), {DType::kInt32, DType::kInt64}));
    WHYZERO_TRY(ctx.expect_rank(ctx.input(k), 1, 1));
    WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(k), ctx.output(0)));
  }
  return ctx.resize_output(0, {std::max(ctx.input(0).dim(0), ctx.input(1).dim(0))});
}

Result<void> eval(Context& ctx) {
  WHYZERO_ASSIGN(std::vector<int64_t> a, integers(ctx, ctx.input(0)));
  WHYZERO_ASSIGN(std::vector<int64_t> b, integers(ctx, ctx.input(1)));
  if (a.size() < b.size()) a.swap(b);
  const size_t lead = a.size() - b.size();
  for (size_t k = 0; k < b.size(); ++k) {
    int64_t& size = a[lead + k];
    if (size == 1)
      size = b[k];
    else if (b[k] != 1 && b[k] != size)
      return ctx.error(ErrorCode::kMalformed, fmt::format("dimensions of {} and {} do not broadcast", size, b[k]));
  }
  Tensor& output = ctx.output(0);
  for (size_t k = 0; k < a.size(); ++k)
    if (output.dtype == DType::kInt32)
      output.as<int32_t>()[k] = static_cast<int32_t>(a[k]);
    else
      output.as<int64_t>()[k] = a[k];
  return {};
}

}  // namespace

extern constinit const Operator unit_broadcast_args{.name = "BROADCAST_ARGS",
                                                    .builtin = schema::BuiltinOperator_BROADCAST_ARGS,
                                                    .max_version = 1,
                                                    .prepare = prepare,
                                                    .eval = eval};

}  // namespace whyzero::ops
