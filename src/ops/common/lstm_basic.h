// The "basic" LSTM cell in integers: uint8 values and weights of all gates in one matrix, int16 gates and cell state.
#pragma once

#include "ops/common/quantized.h"
#include "ops/operator.h"

namespace whyzero::ops {

struct BasicLstmCell {
  size_t batch = 0, inputs = 0, units = 0;
  Multiplier factor;  // of the accumulator, to gates with three digits before the point
};

/// The tensors of the basic cell, whose shapes are known to fit: values, previous output, weights, bias, previous cell state.
Result<void> prepare_basic_integers(Context& ctx, BasicLstmCell& cell);
void step_basic_integers(Context& ctx, const BasicLstmCell& cell);

}  // namespace whyzero::ops
