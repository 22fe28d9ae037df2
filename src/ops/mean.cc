// MEAN: average over some axes.
#include <algorithm>
#include <cmath>
#include <vector>

#include "ops/operator.h"

namespace whyzero::ops {
namespace {

std::vector<bool> reduced(const Context& ctx) {
  std::vector<bool> axes(static_cast<size_t>(ctx.input(0).rank()), false);
  const Tensor& list = ctx.input(1);
  for (size_t i = 0; i < list.elements(); ++i) {
    const int axis = list.as<int32_t>()[i];
    const int at = axis < 0 ? axis + ctx.input(0).rank() : axis;
    if (at >= 0 && at < ctx.input(0).rank()) axes[static_cast<size_t>(at)] = true;
  }
  return axes;
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, 1));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), {DType::kFloat32, DType::kInt8, DType::kUInt8, DType::kInt16}));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(1), {DType::kInt32}));
  if (!ctx.input(1).constant) return ctx.error(ErrorCode::kUnsupported, "axes that are computed while running");
  const bool keep = ctx.options<schema::ReducerOptions>().keep_dims();
  const std::vector<bool> axes = reduced(ctx);
  Shape shape;
  for (int axis = 0; axis < ctx.input(0).rank(); ++axis) {
    if (!axes[static_cast<size_t>(axis)]) shape.push_back(ctx.input(0).dim(axis));
    else if (keep) shape.push_back(1);
  }
  return ctx.resize_output(0, std::move(shape));
}

template <class T>
void mean(Context& ctx) {
  const Tensor& input = ctx.input(0);
  Tensor& output = ctx.output(0);
  const std::vector<bool> axes = reduced(ctx);
  std::vector<double> sums(output.elements(), 0.0);
  std::vector<int> at(static_cast<size_t>(input.rank()), 0);
  for (size_t i = 0; i < input.elements(); ++i) {
    size_t to = 0;
    for (size_t axis = 0; axis < at.size(); ++axis)
      if (!axes[axis]) to = to * static_cast<size_t>(input.shape[axis]) + static_cast<size_t>(at[axis]);
    sums[to] += input.as<T>()[i];
    for (size_t axis = at.size(); axis-- > 0;) {
      if (++at[axis] < input.shape[axis]) break;
      at[axis] = 0;
    }
  }
  const double count = static_cast<double>(input.elements()) / std::max<double>(1, static_cast<double>(sums.size()));
  for (size_t i = 0; i < sums.size(); ++i) {
    if constexpr (std::is_floating_point_v<T>) {
      output.as<T>()[i] = static_cast<T>(sums[i] / count);
    } else {
      const double real = (sums[i] / count - input.zero_point()) * input.scale() / output.scale();
      output.as<T>()[i] = static_cast<T>(std::clamp<double>(std::round(real) + output.zero_point(), std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
    }
  }
}

Result<void> eval(Context& ctx) {
  switch (ctx.input(0).dtype) {
    case DType::kFloat32: mean<float>(ctx); break;
    case DType::kInt8: mean<int8_t>(ctx); break;
    case DType::kUInt8: mean<uint8_t>(ctx); break;
    default: mean<int16_t>(ctx); break;
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_mean{
    .name = "MEAN", .builtin = schema::BuiltinOperator_MEAN, .max_version = 3, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
