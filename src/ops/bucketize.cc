// BUCKETIZE: how many of the sorted boundaries are not above each value.
#include <algorithm>

#include "ops/common/dispatch.h"
#include "ops/common/shapes.h"

namespace whyzero::ops {
namespace {

std::span<const float> boundaries(Context& ctx) {
  const auto* values = ctx.options<schema::BucketizeOptions>().boundaries();
  return values ? std::span<const float>(values->data(), values->size()) : std::span<const float>();
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(1, 1, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), {DType::kFloat32, DType::kFloat64, DType::kInt32, DType::kInt64}));
  WHYZERO_TRY(ctx.expect_dtype(ctx.output(0), {DType::kInt32}));
  const auto sorted = boundaries(ctx);
  if (!std::is_sorted(sorted.begin(), sorted.end()))
    return ctx.error(ErrorCode::kMalformed, "the boundaries are not in ascending order");
  return ctx.resize_output(0, ctx.input(0).shape);
}

Result<void> eval(Context& ctx) {
  const Tensor& input = ctx.input(0);
  const auto sorted = boundaries(ctx);
  dispatch(input.dtype, Types<float, double, int32_t, int64_t>{}, [&]<class T>() {
    // Integers are compared as floats; NaN is above everything.
    using Value = std::conditional_t<std::is_integral_v<T>, float, T>;
    for (size_t k = 0; k < input.elements(); ++k) {
      const auto value = static_cast<Value>(input.as<T>()[k]);
      const auto above =
          std::upper_bound(sorted.begin(), sorted.end(), value, [](Value v, float b) { return v < static_cast<Value>(b); });
      ctx.output(0).as<int32_t>()[k] = static_cast<int32_t>(above - sorted.begin());
    }
  });
  return {};
}

}  // namespace

extern constinit const Operator unit_bucketize{
    .name = "BUCKETIZE", .builtin = schema::BuiltinOperator_BUCKETIZE, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
