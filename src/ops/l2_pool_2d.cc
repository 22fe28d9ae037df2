// L2_POOL_2D: root of the mean square over a window.
#include "ops/common/pool.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) { return prepare_pool(ctx, {DType::kFloat32}); }

Result<void> eval(Context& ctx) {
  const Range<float> range = ctx.state<PoolState>().range;
  float sum = 0.0f;
  pool<float>(
      ctx, [&] { sum = 0.0f; }, [&](float value) { sum += value * value; },
      [&](int64_t count) { return clamp(count == 0 ? 0.0f : std::sqrt(sum / static_cast<float>(count)), range); });
  return {};
}

}  // namespace

extern constinit const Operator unit_l2_pool_2d{
    .name = "L2_POOL_2D", .builtin = schema::BuiltinOperator_L2_POOL_2D, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
