// Contract and step of the plain recurrent cell.
#include "ops/common/rnn.h"

#include <algorithm>

namespace whyzero::ops {

Result<void> prepare_rnn(Context& ctx, const RnnTensors& t, const RnnOptions& options, size_t batch, size_t inputs,
                         size_t auxiliary, RnnCell& cell) {
  WHYZERO_TRY(ctx.expect_input(t.weights));
  WHYZERO_TRY(ctx.expect_rank(ctx.input(t.weights), 2, 2));
  const auto units = static_cast<size_t>(ctx.input(t.weights).dim(0));
  cell.units = units;
  cell.activation = options.activation;
  cell.asymmetric = options.asymmetric;
  WHYZERO_TRY(read_matrix(ctx, t.weights, units, inputs, cell.weights));
  WHYZERO_TRY(read_matrix(ctx, t.recurrent, units, units, cell.recurrent));
  if (t.auxiliary_weights >= 0 && ctx.has_input(t.auxiliary_weights))
    WHYZERO_TRY(read_matrix(ctx, t.auxiliary_weights, units, auxiliary, cell.auxiliary));
  WHYZERO_TRY(ctx.expect_input(t.bias));
  WHYZERO_TRY(expect_elements(ctx, t.bias, units, DType::kFloat32));
  cell.bias = ctx.input(t.bias).as<float>();
  cell.next.resize(units);
  return expect_state(ctx, t.state, batch * units);
}

void step_rnn(RnnCell& cell, const float* input, const float* auxiliary, float* state, float* output) {
  std::copy_n(cell.bias, cell.units, cell.next.begin());
  accumulate(cell.weights, input, cell.asymmetric, cell.row, cell.next.data());
  if (auxiliary) accumulate(cell.auxiliary, auxiliary, cell.asymmetric, cell.row, cell.next.data());
  accumulate(cell.recurrent, state, cell.asymmetric, cell.row, cell.next.data());
  for (size_t k = 0; k < cell.units; ++k) output[k] = state[k] = activated(cell.next[k], cell.activation);
}

}  // namespace whyzero::ops
