// RELU: x above 0, 0 below. Quantized values are rescaled, then held to the same limits.
#include "ops/common/clipping.h"

namespace whyzero::ops {
namespace {

constexpr Range<float> kRange{0.0f, kNoLimit};

}  // namespace

extern constinit const Operator unit_relu{.name = "RELU",
                                          .builtin = schema::BuiltinOperator_RELU,
                                          .max_version = 3,
                                          .prepare = prepare_clipping<kRange>,
                                          .eval = eval_clipping<kRange>};

}  // namespace whyzero::ops
