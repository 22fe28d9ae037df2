// FAKE_QUANT: floats as they come back from a quantization of num_bits over [min, max], moved so that it represents 0.
#include <fmt/format.h>

#include <cmath>

#include "ops/common/elementwise.h"

namespace whyzero::ops {
namespace {

struct Grid {
  float low = 0.0f, high = 0.0f, scale = 1.0f;
};

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(prepare_elementwise(ctx, {DType::kFloat32}));
  const auto& options = ctx.options<schema::FakeQuantOptions>();
  const int bits = options.num_bits();
  const float low = options.min(), high = options.max();
  if (bits < 2 || bits > 16) return ctx.error(ErrorCode::kMalformed, fmt::format("quantizes to {} bits, expected 2 to 16", bits));
  if (!(low < high) || !std::isfinite(low) || !std::isfinite(high))
    return ctx.error(ErrorCode::kMalformed, fmt::format("quantizes from {} to {}, expected a rising finite range", low, high));
  const float least = options.narrow_range() ? 1.0f : 0.0f, greatest = static_cast<float>((1 << bits) - 1);
  auto& grid = ctx.make_state<Grid>();
  grid.scale = (high - low) / (greatest - least);
  const float zero_point = std::clamp(std::round(least - low / grid.scale), least, greatest);
  grid.low = (least - zero_point) * grid.scale;
  grid.high = (greatest - zero_point) * grid.scale;
  return {};
}

Result<void> eval(Context& ctx) {
  const auto& grid = ctx.state<Grid>();
  const float inverse = 1.0f / grid.scale;
  map<float>(ctx, [&](float x) {
    const float within = std::min(grid.high, std::max(grid.low, x)) - grid.low;
    return std::round(within * inverse) * grid.scale + grid.low;
  });
  return {};
}

}  // namespace

extern constinit const Operator unit_fake_quant{
    .name = "FAKE_QUANT", .builtin = schema::BuiltinOperator_FAKE_QUANT, .max_version = 2, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
