// LOGISTIC and TANH on int16: straight lines between points of the logistic function, 24 of them a unit.
#pragma once

#include "ops/common/elementwise.h"

namespace whyzero::ops {

/// Brings the input to 2^12 * 3 steps a unit.
struct Sigmoid16Scale {
  int32_t multiplier = 0;
  int shift = 0;
};

Sigmoid16Scale sigmoid16_scale(float input_scale);
int16_t logistic16(int16_t value, Sigmoid16Scale scale);
int16_t tanh16(int16_t value, Sigmoid16Scale scale);

}  // namespace whyzero::ops
