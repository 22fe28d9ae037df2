// RELU6: x held to [0, 6]. Quantized values are rescaled, then held to the same limits.
#include "ops/common/clipping.h"

namespace whyzero::ops {
namespace {

constexpr Range<float> kRange{0.0f, 6.0f};

}  // namespace

extern constinit const Operator unit_relu6{.name = "RELU6",
                                           .builtin = schema::BuiltinOperator_RELU6,
                                           .max_version = 3,
                                           .prepare = prepare_clipping<kRange>,
                                           .eval = eval_clipping<kRange>};

}  // namespace whyzero::ops
