// RANGE: start, start + delta, … up to the limit and without it.
#include <fmt/format.h>

#include <cmath>

#include "ops/common/dispatch.h"
#include "ops/common/shapes.h"

namespace whyzero::ops {
namespace {

using Kinds = Types<float, int32_t, int64_t>;

template <class T>
Result<Shape> shape_of(Context& ctx) {
  const T start = ctx.input(0).as<T>()[0], limit = ctx.input(1).as<T>()[0], delta = ctx.input(2).as<T>()[0];
  const bool leads_there = (delta > T{0} && start <= limit) || (delta < T{0} && start >= limit);
  if (!leads_there)
    return ctx.error(ErrorCode::kInvalidArgument, fmt::format("steps of {} do not lead from {} to {}", delta, start, limit));
  if constexpr (std::is_floating_point_v<T>) {
    const float steps = std::ceil(std::abs((limit - start) / delta));
    if (!(steps < 0x1p31f)) return ctx.error(ErrorCode::kMalformed, fmt::format("{} steps are too many", steps));
    return Shape{static_cast<int32_t>(steps)};
  } else {
    // The distance and the step fit 64 bits without a sign.
    const auto first = static_cast<uint64_t>(start), last = static_cast<uint64_t>(limit), step = static_cast<uint64_t>(delta);
    const uint64_t way = delta > 0 ? last - first : first - last, size = delta > 0 ? step : uint64_t{0} - step;
    const uint64_t steps = way / size + (way % size != 0);
    if (steps > INT32_MAX) return ctx.error(ErrorCode::kMalformed, fmt::format("{} steps are too many", steps));
    return Shape{static_cast<int32_t>(steps)};
  }
}

Result<Shape> output_shape(Context& ctx) {
  switch (ctx.output(0).dtype) {
    case DType::kFloat32:
      return shape_of<float>(ctx);
    case DType::kInt32:
      return shape_of<int32_t>(ctx);
    default:
      return shape_of<int64_t>(ctx);
  }
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(3, 3, 1, 1));
  for (int k = 0; k < 3; ++k) {
    WHYZERO_TRY(ctx.expect_input(k));
    WHYZERO_TRY(ctx.expect_rank(ctx.input(k), 0, 0));
    WHYZERO_TRY(ctx.expect_dtype(ctx.input(k), {DType::kFloat32, DType::kInt32, DType::kInt64}));
    WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(k), ctx.output(0)));
  }
  return prepare_shape(ctx, {0, 1, 2}, output_shape);
}

Result<void> eval(Context& ctx) {
  WHYZERO_TRY(settle_shape(ctx, output_shape));
  Tensor& output = ctx.output(0);
  dispatch(output.dtype, Kinds{}, [&]<class T>() {
    using Sum = std::conditional_t<std::is_floating_point_v<T>, T, uint64_t>;  // what wraps is never written
    auto value = static_cast<Sum>(ctx.input(0).as<T>()[0]);
    const auto delta = static_cast<Sum>(ctx.input(2).as<T>()[0]);
    for (size_t k = 0; k < output.elements(); ++k, value += delta) output.as<T>()[k] = static_cast<T>(value);
  });
  return {};
}

}  // namespace

extern constinit const Operator unit_range{
    .name = "RANGE", .builtin = schema::BuiltinOperator_RANGE, .max_version = 2, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
