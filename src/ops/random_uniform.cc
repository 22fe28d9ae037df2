// RANDOM_UNIFORM: numbers from [0, 1) that are equally likely.
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
    for (size_t i = 0; i < 4 && k + i < count; ++i) out[k + i] = uniform_from_bits(bits[i]);
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_random_uniform{.name = "RANDOM_UNIFORM",
                                                    .builtin = schema::BuiltinOperator_RANDOM_UNIFORM,
                                                    .max_version = 1,
                                                    .prepare = prepare,
                                                    .eval = eval};

}  // namespace whyzero::ops
