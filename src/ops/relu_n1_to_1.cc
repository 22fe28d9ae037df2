// RELU_N1_TO_1: x held to [-1, 1]. Quantized values are rescaled, then held to the same limits.
#include "ops/common/clipping.h"

namespace whyzero::ops {
namespace {

constexpr Range<float> kRange{-1.0f, 1.0f};

}  // namespace

extern constinit const Operator unit_relu_n1_to_1{.name = "RELU_N1_TO_1",
                                                  .builtin = schema::BuiltinOperator_RELU_N1_TO_1,
                                                  .max_version = 3,
                                                  .prepare = prepare_clipping<kRange>,
                                                  .eval = eval_clipping<kRange>};

}  // namespace whyzero::ops
