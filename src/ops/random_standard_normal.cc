// RANDOM_STANDARD_NORMAL: normally distributed numbers of mean 0 and deviation 1.
#include <algorithm>

#include "ops/common/random.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) { return prepare_random(ctx, DType::kFloat32); }

Result<void> eval(Context& ctx) {
  WHYZERO_TRY(settle_random(ctx));
  auto& generator = ctx.state<Philox>();
  float* out = ctx.output(0).as<float>();
  for (size_t k = 0, count = ctx.output(0).elements(); k < count; k += 4) {
    const auto bits = generator.next();
    for (size_t i = 0; i < 4 && k + i < count; ++i) {
      // Two uniform numbers give a radius and an angle, these two normal ones.
      const float radius = std::sqrt(-2.0f * std::log(std::max(uniform_from_bits(bits[i & 2]), 1.0e-7f)));
      const float angle = 2.0f * std::numbers::pi_v<float> * uniform_from_bits(bits[(i & 2) + 1]);
      out[k + i] = radius * (i % 2 == 0 ? std::sin(angle) : std::cos(angle));
    }
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_random_standard_normal{.name = "RANDOM_STANDARD_NORMAL",
                                                            .builtin = schema::BuiltinOperator_RANDOM_STANDARD_NORMAL,
                                                            .max_version = 1,
                                                            .prepare = prepare,
                                                            .eval = eval};

}  // namespace whyzero::ops
