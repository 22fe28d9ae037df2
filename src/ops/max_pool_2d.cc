// MAX_POOL_2D: maximum over a window.
#include "ops/common/pool.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) { return prepare_pool(ctx, {DType::kFloat32, DType::kUInt8, DType::kInt8, DType::kInt16}); }

template <class T>
void maximum(Context& ctx) {
  const Range<int32_t> range = ctx.state<PoolState>().integer_range;
  T largest{};
  pool<T>(
      ctx, [&] { largest = std::numeric_limits<T>::lowest(); }, [&](T value) { largest = std::max(largest, value); },
      [&](int64_t) { return static_cast<T>(std::clamp<int32_t>(largest, range.low, range.high)); });
}

Result<void> eval(Context& ctx) {
  switch (ctx.input(0).dtype) {
    case DType::kUInt8:
      maximum<uint8_t>(ctx);
      break;
    case DType::kInt8:
      maximum<int8_t>(ctx);
      break;
    case DType::kInt16:
      maximum<int16_t>(ctx);
      break;
    default: {
      const Range<float> range = ctx.state<PoolState>().range;
      float largest = 0.0f;
      pool<float>(
          ctx, [&] { largest = std::numeric_limits<float>::lowest(); }, [&](float value) { largest = std::max(largest, value); },
          [&](int64_t) { return clamp(largest, range); });
    }
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_max_pool_2d{
    .name = "MAX_POOL_2D", .builtin = schema::BuiltinOperator_MAX_POOL_2D, .max_version = 3, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
