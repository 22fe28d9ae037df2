// WHERE: the coordinates of the elements that are not zero, one row each, in row-major order.
#include <vector>

#include "ops/operator.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(1, 1, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), {DType::kBool, DType::kFloat32, DType::kInt8, DType::kUInt8, DType::kInt32, DType::kUInt32, DType::kInt64}));
  WHYZERO_TRY(ctx.expect_dtype(ctx.output(0), {DType::kInt64}));
  ctx.make_dynamic(0);
  return {};
}

template <class T>
Result<void> find(Context& ctx) {
  const Tensor& input = ctx.input(0);
  const T* x = input.as<T>();
  std::vector<size_t> found;
  for (size_t i = 0; i < input.elements(); ++i)
    if (x[i] != T{0}) found.push_back(i);
  const size_t rank = static_cast<size_t>(input.rank());
  WHYZERO_TRY(ctx.resize_output(0, {static_cast<int32_t>(found.size()), static_cast<int32_t>(rank)}));
  int64_t* rows = ctx.output(0).as<int64_t>();
  for (size_t i = 0; i < found.size(); ++i) {
    size_t rest = found[i];
    for (size_t axis = rank; axis-- > 0;) {
      const auto size = static_cast<size_t>(input.dim(static_cast<int>(axis)));
      rows[i * rank + axis] = static_cast<int64_t>(rest % size);
      rest /= size;
    }
  }
  return {};
}

Result<void> eval(Context& ctx) {
  switch (ctx.input(0).dtype) {
    case DType::kFloat32: return find<float>(ctx);
    case DType::kInt32:
    case DType::kUInt32: return find<int32_t>(ctx);
    case DType::kInt64: return find<int64_t>(ctx);
    default: return find<uint8_t>(ctx);
  }
}

}  // namespace

extern constinit const Operator unit_where{
    .name = "WHERE", .builtin = schema::BuiltinOperator_WHERE, .max_version = 2, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
