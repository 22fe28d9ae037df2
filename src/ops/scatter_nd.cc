// SCATTER_ND: zeros of a given shape, to which the updates are added where rows of indices say.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "ops/common/dispatch.h"
#include "ops/common/element.h"
#include "ops/common/nd_index.h"

namespace whyzero::ops {
namespace {

Result<Shape> output_shape(Context& ctx) {
  const Tensor& rows = ctx.input(0);
  const Tensor& updates = ctx.input(1);
  WHYZERO_ASSIGN(const auto wanted, integers(ctx, ctx.input(2)));
  Shape shape;
  for (int64_t size : wanted) {
    WHYZERO_ASSIGN(const int32_t dim, dimension(ctx, size));
    shape.push_back(dim);
  }
  Shape expected(rows.shape.begin(), rows.shape.end() - 1);
  const int32_t depth = rows.shape.back();
  if (static_cast<size_t>(depth) <= shape.size()) expected.insert(expected.end(), shape.begin() + depth, shape.end());
  if (static_cast<size_t>(depth) > shape.size() || expected != updates.shape)
    return ctx.error(ErrorCode::kMalformed, fmt::format("updates {} do not fit indices {} and the {} dimensions of the output",
                                                        updates.label(), rows.label(), shape.size()));
  return shape;
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(3, 3, 1, 1));
  for (int k = 0; k < 3; ++k) WHYZERO_TRY(ctx.expect_input(k));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), {DType::kInt32}));
  WHYZERO_TRY(
      ctx.expect_dtype(ctx.input(1), {DType::kFloat32, DType::kUInt8, DType::kInt8, DType::kInt32, DType::kInt64, DType::kBool}));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(2), {DType::kInt32}));
  WHYZERO_TRY(ctx.expect_rank(ctx.input(0), 1, 1 << 16));
  WHYZERO_TRY(ctx.expect_rank(ctx.input(2), 1, 1));
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(1), ctx.output(0)));
  return prepare_shape(ctx, {2}, output_shape);
}

Result<void> eval(Context& ctx) {
  WHYZERO_TRY(settle_shape(ctx, output_shape));
  const Tensor& updates = ctx.input(1);
  Tensor& output = ctx.output(0);
  WHYZERO_ASSIGN(const auto indices, integers(ctx, ctx.input(0)));
  WHYZERO_ASSIGN(const NdIndex at, nd_index(ctx, indices, ctx.input(0), output.shape));
  if (output.bytes > 0) std::memset(output.data, 0, output.bytes);
  dispatch(updates.dtype, Types<float, uint8_t, int8_t, int32_t, int64_t, bool>{}, [&]<class T>() {
    size_t from = 0;
    for (size_t part : at.parts) {
      T* to = output.as<T>() + part * at.part;
      for (size_t i = 0; i < at.part; ++i) {
        const T update = element<T>(updates.data, from++);
        if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
          to[i] = static_cast<T>(static_cast<uint64_t>(to[i]) + static_cast<uint64_t>(update));  // wraps
        else
          to[i] = static_cast<T>(to[i] + update);
      }
    }
  });
  return {};
}

}  // namespace

extern constinit const Operator unit_scatter_nd{
    .name = "SCATTER_ND", .builtin = schema::BuiltinOperator_SCATTER_ND, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
