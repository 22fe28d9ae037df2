// What FULLY_CONNECTED keeps from prepare to eval; faster kernels take it over, so that both compute with the same factors.
#pragma once

#include <vector>

#include "ops/common/weights.h"

namespace whyzero::ops {

struct FullyConnectedState {
  size_t rows = 0, depth = 0, units = 0;
  bool asymmetric = false;       // hybrid: activations are quantized with a zero point
  Requantization requantize;     // integer outputs
  Range<float> range{};          // float outputs
  std::vector<int8_t> unpacked;  // int4 weights
};

}  // namespace whyzero::ops
