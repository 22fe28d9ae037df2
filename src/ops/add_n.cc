// ADD_N: sum of two or more inputs of one shape.
#include <fmt/format.h>

#include "graph/options.h"
#include "ops/common/quantized.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, std::numeric_limits<int>::max(), 1, 1));
  for (int k = 0; k < ctx.inputs(); ++k) {
    WHYZERO_TRY(ctx.expect_input(k));
    WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.input(k)));
    if (ctx.input(k).shape != ctx.input(0).shape)
      return ctx.error(ErrorCode::kMalformed, fmt::format("inputs {} and {} have different shapes; all must have the same",
                                                          ctx.input(0).label(), ctx.input(k).label()));
  }
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), {DType::kFloat32, DType::kInt32}));
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.output(0)));
  return ctx.resize_output(0, ctx.input(0).shape);
}

/// `add` gives the sum of two numbers.
template <class T, class F>
void add_all(Context& ctx, F&& add) {
  T* out = ctx.output(0).as<T>();
  for (size_t i = 0, count = ctx.output(0).elements(); i < count; ++i) {
    out[i] = ctx.input(0).as<T>()[i];
    for (int k = 1; k < ctx.inputs(); ++k) out[i] = add(out[i], ctx.input(k).as<T>()[i]);
  }
}

Result<void> eval(Context& ctx) {
  // As in ADD without an activation, float sums are held to finite numbers and integers wrap.
  if (ctx.output(0).dtype == DType::kFloat32) {
    WHYZERO_ASSIGN(const Range<float> finite, activation_range(ctx, schema::ActivationFunctionType_NONE));
    add_all<float>(ctx, [&](float a, float b) { return clamp(a + b, finite); });
  } else {
    add_all<int32_t>(
        ctx, [](int32_t a, int32_t b) { return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b)); });
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_add_n{
    .name = "ADD_N", .builtin = schema::BuiltinOperator_ADD_N, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
