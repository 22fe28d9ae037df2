// ABS: magnitude of each element. Integers without scale wrap at the lowest value, quantized ones are rescaled.
#include "ops/common/elementwise.h"

namespace whyzero::ops {
namespace {

bool quantized(const Context& ctx) { return ctx.input(0).quantization->present(); }

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(prepare_elementwise(ctx, {DType::kFloat32, DType::kFloat16, DType::kInt8, DType::kInt16, DType::kInt32}));
  const DType dtype = ctx.input(0).dtype;
  if (dtype == DType::kInt8 || (dtype == DType::kInt16 && quantized(ctx))) {
    WHYZERO_ASSIGN(ctx.make_state<Rescaling>(), make_rescaling(ctx));
  }
  return {};
}

template <class T>
void rescaled(Context& ctx) {
  const auto& r = ctx.state<Rescaling>();
  // Equal scales need no multiplication, and none is rounded.
  const bool same = ctx.input(0).scale() == ctx.output(0).scale();
  map_quantized<T>(ctx, r, [&](int32_t x) { return same ? std::abs(x) : multiply(std::abs(x), r.multiplier); });
}

Result<void> eval(Context& ctx) {
  switch (ctx.input(0).dtype) {
    case DType::kFloat32:
      map<float>(ctx, [](float x) { return std::abs(x); });
      break;
    case DType::kFloat16:
      map<Half>(ctx, [](Half x) { return std::abs(static_cast<float>(x)); });
      break;
    case DType::kInt32:
      map<int32_t>(ctx, [](int32_t x) { return std::abs(int64_t{x}); });
      break;
    case DType::kInt8:
      rescaled<int8_t>(ctx);
      break;
    default:
      if (quantized(ctx))
        rescaled<int16_t>(ctx);
      else
        map<int16_t>(ctx, [](int16_t x) { return std::abs(int32_t{x}); });
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_abs{
    .name = "ABS", .builtin = schema::BuiltinOperator_ABS, .max_version = 5, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
