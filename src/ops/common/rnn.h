// The plain recurrent cell: h = activation(bias + W x + R h), with float or int8 weights.
#pragma once

#include "ops/common/recurrent.h"

namespace whyzero::ops {

/// Positions of a cell's tensors among the node's inputs. -1: there is none.
struct RnnTensors {
  int weights = 1, recurrent = 2, bias = 3, state = 4;
  int auxiliary_weights = -1;  // of a second input
};

struct RnnCell {
  WeightMatrix weights, recurrent, auxiliary;
  const float* bias = nullptr;
  int activation = 0;
  bool asymmetric = false;
  size_t units = 0;
  std::vector<float> next;  // working memory
  std::vector<int8_t> row;
};

struct RnnOptions {
  int activation = 0;  // schema::ActivationFunctionType
  bool asymmetric = false;
};

/// Checks types and shapes of the cell's tensors for `batch` rows of `inputs` (and `auxiliary`) values.
Result<void> prepare_rnn(Context& ctx, const RnnTensors& tensors, const RnnOptions& options, size_t batch, size_t inputs,
                         size_t auxiliary, RnnCell& cell);
/// One step of one row: the state is read and replaced; `output` gets a copy. `auxiliary` may be null.
void step_rnn(RnnCell& cell, const float* input, const float* auxiliary, float* state, float* output);

}  // namespace whyzero::ops
