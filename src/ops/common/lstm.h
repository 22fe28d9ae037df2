// Long short-term memory in floats, with float or int8 weights: the tensors of a cell and one step over a batch.
#pragma once

#include <span>

#include "ops/common/recurrent.h"
#include "ops/operator.h"

namespace whyzero::ops {

/// Positions of a cell's tensors among the node's inputs; a node with two cells has two such sets. -1: there is none.
struct LstmTensors {
  int input = 0;
  int input_weights[4] = {1, 2, 3, 4};  // input, forget, cell, output gate
  int recurrent_weights[4] = {5, 6, 7, 8};
  int peephole[4] = {9, 10, -1, 11};
  int bias[4] = {12, 13, 14, 15};
  int projection = 16, projection_bias = 17;
  int output_state = 18, cell_state = 19;
  int norm[4] = {20, 21, 22, 23};
  int auxiliary_input = -1;  // a second input with weights of its own
  int auxiliary_weights[4] = {-1, -1, -1, -1};
};

struct LstmSizes {
  size_t batch = 0, inputs = 0, auxiliary = 0, units = 0, outputs = 0;
};

struct LstmOptions {
  int activation = 0;  // schema::ActivationFunctionType
  float cell_clip = 0.0f, projection_clip = 0.0f;
  bool asymmetric = false;
};

/// The weights as the step reads them, made once.
struct LstmCell {
  LstmSizes sizes;
  LstmOptions options;
  WeightMatrix input[4], recurrent[4], auxiliary[4], projection;
  std::vector<float> peephole[4], norm[4];  // empty where there are none
  const float* bias[4] = {};
  const float* projection_bias = nullptr;
  // Working memory.
  std::vector<float> gates[4], hidden;
  std::vector<int8_t> row;
};

/// Checks types and shapes of the cell's tensors for `batch` rows of `inputs` (and `auxiliary`) values.
Result<void> prepare_lstm(Context& ctx, const LstmTensors& tensors, const LstmOptions& options, size_t batch, size_t inputs,
                          size_t auxiliary, LstmCell& cell);
/// One step: states are read and replaced; `output` gets batch rows, `output_stride` apart.
void step_lstm(LstmCell& cell, const float* input, const float* auxiliary, float* output_state, float* cell_state, float* output,
               size_t output_stride);

}  // namespace whyzero::ops
