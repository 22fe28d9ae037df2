// TOPK_V2: the largest values along the last dimension, the largest first, and where they are; of equals the first one is first.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "ops/common/dispatch.h"
#include "ops/common/scratch.h"
#include "ops/common/shapes.h"

namespace whyzero::ops {
namespace {

using Kinds = Types<float, uint8_t, int8_t, int16_t, int32_t, int64_t>;

Result<Shape> output_shape(Context& ctx) {
  const Tensor& input = ctx.input(0);
  WHYZERO_ASSIGN(const auto k, integers(ctx, ctx.input(1)));
  if (k[0] < 0 || k[0] > input.shape.back())
    return ctx.error(ErrorCode::kInvalidArgument,
                     fmt::format("the {} largest of {} values are asked for", k[0], input.shape.back()));
  Shape shape = input.shape;
  shape.back() = static_cast<int32_t>(k[0]);
  return shape;
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 2, 2));
  for (int k = 0; k < 2; ++k) WHYZERO_TRY(ctx.expect_input(k));
  const Tensor& input = ctx.input(0);
  WHYZERO_TRY(
      ctx.expect_dtype(input, {DType::kFloat32, DType::kUInt8, DType::kInt8, DType::kInt16, DType::kInt32, DType::kInt64}));
  WHYZERO_TRY(ctx.expect_rank(input, 1, 1 << 16));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(1), {DType::kInt16, DType::kInt32}));
  if (ctx.input(1).elements() != 1)
    return ctx.error(ErrorCode::kMalformed, fmt::format("k ({}) must be one element", ctx.input(1).label()));
  WHYZERO_TRY(ctx.expect_same_dtype(input, ctx.output(0)));
  WHYZERO_TRY(ctx.expect_dtype(ctx.output(1), {DType::kInt16, DType::kInt32}));
  if (!ctx.input(1).constant) {
    ctx.make_dynamic(0);
    ctx.make_dynamic(1);
    return {};
  }
  WHYZERO_ASSIGN(const Shape shape, output_shape(ctx));
  WHYZERO_TRY(ctx.resize_output(0, shape));
  return ctx.resize_output(1, shape);
}

/// A total order, the larger value first; NaN comes last.
template <class T>
bool before(const T* row, int32_t a, int32_t b) {
  if (row[a] > row[b]) return true;
  if (row[a] < row[b]) return false;
  const bool nan_a = row[a] != row[a], nan_b = row[b] != row[b];
  return nan_a != nan_b ? nan_b : a < b;
}

Result<void> eval(Context& ctx) {
  for (int k = 0; k < 2; ++k)
    if (ctx.output(k).dynamic) {
      WHYZERO_ASSIGN(const Shape shape, output_shape(ctx));
      WHYZERO_TRY(ctx.resize_output(k, shape));
    }
  const Tensor& input = ctx.input(0);
  Tensor& values = ctx.output(0);
  Tensor& places = ctx.output(1);
  const auto size = static_cast<size_t>(input.shape.back()), k = static_cast<size_t>(values.shape.back());
  WHYZERO_ASSIGN(auto order, scratch<int32_t>(ctx, size));
  if (values.elements() == 0) return {};
  dispatch(input.dtype, Kinds{}, [&]<class T>() {
    for (size_t r = 0; r < values.elements() / k; ++r) {
      const T* row = input.as<T>() + r * size;
      std::iota(order.begin(), order.end(), 0);
      std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(k), order.end(),
                        [row](int32_t a, int32_t b) { return before(row, a, b); });
      for (size_t i = 0; i < k; ++i) {
        values.as<T>()[r * k + i] = row[order[i]];
        if (places.dtype == DType::kInt32)
          places.as<int32_t>()[r * k + i] = order[i];
        else
          places.as<int16_t>()[r * k + i] = static_cast<int16_t>(order[i]);
      }
    }
  });
  return {};
}

}  // namespace

extern constinit const Operator unit_topk_v2{
    .name = "TOPK_V2", .builtin = schema::BuiltinOperator_TOPK_V2, .max_version = 3, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
