// REDUCE_WINDOW: sliding windows reduced by one of six functions, without padding.
#include "ops/common/reduce_window.h"

#include <fmt/format.h>

#include "ops/common/dispatch.h"
#include "ops/common/element.h"
#include "ops/common/spread.h"

namespace whyzero::ops {
namespace {

using Kinds = Types<float, double, int8_t, uint8_t, int16_t, int32_t, int64_t, bool>;

Result<std::vector<ReducedAxis>> read_axes(Context& ctx) {
  WHYZERO_ASSIGN(const auto sizes, integers(ctx, ctx.input(2)));
  WHYZERO_ASSIGN(const auto strides, integers(ctx, ctx.input(3)));
  WHYZERO_ASSIGN(const auto dilations, integers(ctx, ctx.input(4)));
  const auto rank = static_cast<size_t>(ctx.input(0).rank());
  if (sizes.size() != rank || strides.size() != rank || dilations.size() != rank)
    return ctx.error(ErrorCode::kMalformed, fmt::format("{} sizes, {} strides and {} dilations of the window for {} dimensions",
                                                        sizes.size(), strides.size(), dilations.size(), rank));
  std::vector<ReducedAxis> axes(rank);
  for (size_t d = 0; d < rank; ++d) {
    axes[d].size = sizes[d];
    axes[d].stride = strides[d];
    axes[d].dilation = dilations[d];
  }
  return axes;
}

Result<Shape> output_shape(Context& ctx) {
  WHYZERO_ASSIGN(const auto axes, read_axes(ctx));
  return reduced_shape(ctx, axes);
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(5, 5, 1, 1));
  for (int k = 0; k < 5; ++k) WHYZERO_TRY(ctx.expect_input(k));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), {DType::kFloat32, DType::kFloat64, DType::kInt8, DType::kUInt8, DType::kInt16,
                                              DType::kInt32, DType::kInt64, DType::kBool}));
  WHYZERO_TRY(ctx.expect_rank(ctx.input(0), 1, 1 << 16));
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.input(1)));
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.output(0)));
  if (ctx.input(1).elements() != 1)
    return ctx.error(ErrorCode::kMalformed, fmt::format("initial value {} must be one element", ctx.input(1).label()));
  for (int k = 2; k < 5; ++k) WHYZERO_TRY(ctx.expect_dtype(ctx.input(k), {DType::kInt64}));
  const auto function = ctx.options<schema::ReduceWindowOptions>().reduce_function();
  if (function < schema::ReduceWindowFunction_ADD || function > schema::ReduceWindowFunction_ANY)
    return ctx.error(ErrorCode::kMalformed, fmt::format("reduce function {} does not exist", static_cast<int>(function)));
  return prepare_shape(ctx, {2, 3, 4}, output_shape);
}

template <class T>
T combined(schema::ReduceWindowFunction function, T a, T b) {
  // Integers wrap.
  using Sum = std::conditional_t<std::is_integral_v<T> && !std::is_same_v<T, bool>, uint64_t, T>;
  switch (function) {
    case schema::ReduceWindowFunction_ADD:
      return static_cast<T>(static_cast<Sum>(a) + static_cast<Sum>(b));
    case schema::ReduceWindowFunction_MUL:
      return static_cast<T>(static_cast<Sum>(a) * static_cast<Sum>(b));
    case schema::ReduceWindowFunction_MINIMUM:
      return b < a ? b : a;
    case schema::ReduceWindowFunction_MAXIMUM:
      return a < b ? b : a;
    case schema::ReduceWindowFunction_ALL:
      return static_cast<T>(a != T{} && b != T{});
    default:
      return static_cast<T>(a != T{} || b != T{});
  }
}

Result<void> eval(Context& ctx) {
  WHYZERO_TRY(settle_shape(ctx, output_shape));
  WHYZERO_ASSIGN(const auto axes, read_axes(ctx));
  Tensor& output = ctx.output(0);
  const auto function = ctx.options<schema::ReduceWindowOptions>().reduce_function();
  fill_elements(output.data, output.elements(), ctx.input(1).data, dtype_size(output.dtype));
  return for_each_window_position(ctx, axes, [&](const std::vector<uint8_t>& values) -> Result<void> {
    dispatch(output.dtype, Kinds{}, [&]<class T>() {
      for (size_t k = 0; k < output.elements(); ++k)
        output.as<T>()[k] = combined(function, element<T>(output.data, k), element<T>(values.data(), k));
    });
    return {};
  });
}

}  // namespace

extern constinit const Operator unit_reduce_window{.name = "REDUCE_WINDOW",
                                                   .builtin = schema::BuiltinOperator_REDUCE_WINDOW,
                                                   .max_version = 1,
                                                   .prepare = prepare,
                                                   .eval = eval};

}  // namespace whyzero::ops
