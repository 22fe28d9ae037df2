// CUMSUM: running sums along one dimension, with or without the element itself, from the first or from the last one.
#include <fmt/format.h>

#include "ops/common/dispatch.h"
#include "ops/common/shapes.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, 1));
  for (int k = 0; k < 2; ++k) WHYZERO_TRY(ctx.expect_input(k));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), {DType::kFloat32, DType::kInt32, DType::kInt64}));
  WHYZERO_TRY(ctx.expect_rank(ctx.input(0), 1, 1 << 16));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(1), {DType::kInt32}));
  if (ctx.input(1).elements() != 1)
    return ctx.error(ErrorCode::kMalformed, fmt::format("axis {} must be one element", ctx.input(1).label()));
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.output(0)));
  return ctx.resize_output(0, ctx.input(0).shape);
}

Result<void> eval(Context& ctx) {
  const Tensor& input = ctx.input(0);
  const auto& options = ctx.options<schema::CumsumOptions>();
  WHYZERO_ASSIGN(const int axis, normalized_axis(ctx, ctx.input(1).as<int32_t>()[0], input.rank()));
  if (input.elements() == 0) return {};
  const auto inner = static_cast<size_t>(dense_strides(input.shape)[static_cast<size_t>(axis)]);
  const auto size = static_cast<size_t>(input.dim(axis));
  dispatch(input.dtype, Types<float, int32_t, int64_t>{}, [&]<class T>() {
    using Sum = std::conditional_t<std::is_floating_point_v<T>, T, uint64_t>;  // integers wrap
    const T* in = input.as<T>();
    T* out = ctx.output(0).as<T>();
    for (size_t line = 0; line < input.elements() / size; ++line) {
      const size_t first = line / inner * inner * size + line % inner;
      Sum sum{};
      for (size_t i = 0; i < size; ++i) {
        const size_t at = first + (options.reverse() ? size - 1 - i : i) * inner;
        if (options.exclusive()) out[at] = static_cast<T>(sum);
        sum += static_cast<Sum>(in[at]);
        if (!options.exclusive()) out[at] = static_cast<T>(sum);
      }
    }
  });
  return {};
}

}  // namespace

extern constinit const Operator unit_cumsum{
    .name = "CUMSUM", .builtin = schema::BuiltinOperator_CUMSUM, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
