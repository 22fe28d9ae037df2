// AVERAGE_POOL_2D: mean over a window; padding does not count. Integers round half away from zero.
#include "ops/common/pool.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) { return prepare_pool(ctx, {DType::kFloat32, DType::kUInt8, DType::kInt8, DType::kInt16}); }

template <class T>
void average(Context& ctx) {
  const Range<int32_t> range = ctx.state<PoolState>().integer_range;
  int64_t sum = 0;
  pool<T>(
      ctx, [&] { sum = 0; }, [&](T value) { sum += value; },
      [&](int64_t count) {
        const int64_t mean = count == 0 ? 0 : (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
        return static_cast<T>(std::clamp<int64_t>(mean, range.low, range.high));
      });
}

Result<void> eval(Context& ctx) {
  switch (ctx.input(0).dtype) {
    case DType::kUInt8:
      average<uint8_t>(ctx);
      break;
    case DType::kInt8:
      average<int8_t>(ctx);
      break;
    case DType::kInt16:
      average<int16_t>(ctx);
      break;
    default: {
      const Range<float> range = ctx.state<PoolState>().range;
      float sum = 0.0f;
      pool<float>(
          ctx, [&] { sum = 0.0f; }, [&](float value) { sum += value; },
          [&](int64_t count) { return clamp(count == 0 ? 0.0f : sum / static_cast<float>(count), range); });
    }
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_average_pool_2d{.name = "AVERAGE_POOL_2D",
                                                     .builtin = schema::BuiltinOperator_AVERAGE_POOL_2D,
                                                     .max_version = 3,
                                                     .prepare = prepare,
                                                     .eval = eval};

}  // namespace whyzero::ops
