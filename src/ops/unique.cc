// UNIQUE: the different values in the order of their first appearance, and which of them each element is.
#include <map>
#include <vector>

#include "ops/common/dispatch.h"
#include "ops/common/shapes.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(1, 1, 2, 2));
  WHYZERO_TRY(ctx.expect_input(0));
  const Tensor& input = ctx.input(0);
  WHYZERO_TRY(
      ctx.expect_dtype(input, {DType::kFloat32, DType::kUInt8, DType::kInt8, DType::kInt16, DType::kInt32, DType::kInt64}));
  WHYZERO_TRY(ctx.expect_rank(input, 1, 1));
  WHYZERO_TRY(ctx.expect_same_dtype(input, ctx.output(0)));
  WHYZERO_TRY(ctx.expect_dtype(ctx.output(1), {DType::kInt32, DType::kInt64}));
  ctx.make_dynamic(0);
  return ctx.resize_output(1, input.shape);
}

template <class T>
Result<void> find(Context& ctx) {
  const Tensor& input = ctx.input(0);
  const T* in = input.as<T>();
  Tensor& places = ctx.output(1);
  // A node of the map is some four times as large as its key and value.
  WHYZERO_TRY(ctx.host().reserve(input.elements() * (64 + sizeof(T))));
  std::map<T, size_t> number;
  std::vector<T> values;
  for (size_t k = 0; k < input.elements(); ++k) {
    const auto [found, added] = number.emplace(in[k], values.size());
    if (added) values.push_back(in[k]);
    if (places.dtype == DType::kInt32)
      places.as<int32_t>()[k] = static_cast<int32_t>(found->second);
    else
      places.as<int64_t>()[k] = static_cast<int64_t>(found->second);
  }
  WHYZERO_TRY(ctx.resize_output(0, {static_cast<int32_t>(values.size())}));
  std::copy(values.begin(), values.end(), ctx.output(0).as<T>());
  return {};
}

Result<void> eval(Context& ctx) {
  switch (ctx.input(0).dtype) {
    case DType::kFloat32:
      return find<float>(ctx);
    case DType::kUInt8:
      return find<uint8_t>(ctx);
    case DType::kInt8:
      return find<int8_t>(ctx);
    case DType::kInt16:
      return find<int16_t>(ctx);
    case DType::kInt32:
      return find<int32_t>(ctx);
    default:
      return find<int64_t>(ctx);
  }
}

}  // namespace

extern constinit const Operator unit_unique{
    .name = "UNIQUE", .builtin = schema::BuiltinOperator_UNIQUE, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
