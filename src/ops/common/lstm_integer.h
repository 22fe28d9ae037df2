// The LSTM cell in integers: int8 values and weights, int16 cell state and gates.
#pragma once

#include "ops/common/lstm.h"

namespace whyzero::ops {

struct IntegerLstmCell {
  struct Product {
    const int8_t* weights = nullptr;  // null: there is no such product
    std::vector<int32_t> bias;        // with the input's zero point worked in
    Multiplier factor;
  };
  LstmSizes sizes;
  Product input[4], recurrent[4], projection;
  const int16_t* peephole[4] = {};
  Multiplier peephole_factor[4];
  const int16_t* norm[4] = {};  // coefficients of the layer normalization, and its bias and factor
  std::vector<int32_t> norm_bias[4];
  Multiplier norm_factor[4];
  int32_t variance_guard[4] = {};
  Multiplier hidden_factor;
  int32_t hidden_zero_point = 0, output_zero_point = 0;
  int cell_exponent = 0;  // the cell state's scale is 2 to this power
  int32_t cell_clip = 0, projection_clip = 0;
  std::vector<int16_t> gates[4];
  std::vector<int8_t> hidden;
};

Result<void> prepare_integer_lstm(Context& ctx, const LstmTensors& tensors, const LstmOptions& options, size_t batch,
                                  size_t inputs, IntegerLstmCell& cell);
void step_integer_lstm(IntegerLstmCell& cell, const int8_t* input, int8_t* output_state, int16_t* cell_state, int8_t* output);

}  // namespace whyzero::ops
