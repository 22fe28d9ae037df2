// BIDIRECTIONAL_SEQUENCE_LSTM: two memory cells over a batch of sequences, one from the start and one from the end.
#include "graph/options.h"
#include "ops/common/lstm.h"
#include "ops/common/sequence.h"

namespace whyzero::ops {
namespace {

constexpr int kSecondInput = 39;
constexpr LstmTensors kForward{.output_state = 35,
                               .cell_state = 36,
                               .norm = {-1, -1, -1, -1},
                               .auxiliary_input = kSecondInput,
                               .auxiliary_weights = {40, 41, 42, 43}};
constexpr LstmTensors kBackward{.input_weights = {18, 19, 20, 21},
                                .recurrent_weights = {22, 23, 24, 25},
                                .peephole = {26, 27, -1, 28},
                                .bias = {29, 30, 31, 32},
                                .projection = 33,
                                .projection_bias = 34,
                                .output_state = 37,
                                .cell_state = 38,
                                .norm = {-1, -1, -1, -1},
                                .auxiliary_input = kSecondInput,
                                .auxiliary_weights = {44, 45, 46, 47}};

struct State {
  TwoWayInputs in;
  bool merged = false;
  LstmCell forward, backward;
};

Result<void> prepare(Context& ctx) {
  const auto& options = ctx.options<schema::BidirectionalSequenceLSTMOptions>();
  auto& s = ctx.make_state<State>();
  s.merged = options.merge_outputs();
  WHYZERO_TRY(ctx.expect_arity(48, 48, s.merged ? 1 : 2, s.merged ? 1 : 2));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), {DType::kFloat32}));
  // The output gate's weights: the input gate's are left out where it is coupled to the forget gate.
  WHYZERO_ASSIGN(s.in, two_way_inputs(ctx, kSecondInput, kForward.auxiliary_weights[3], options.time_major()));
  const LstmOptions cell{options.fused_activation_function(), options.cell_clip(), options.proj_clip(),
                         options.asymmetric_quantize_inputs()};
  const size_t second = s.in.auxiliary_width;
  WHYZERO_TRY(prepare_lstm(ctx, kForward, cell, s.in.sequence.batch, s.in.sequence.width, second, s.forward));
  WHYZERO_TRY(prepare_lstm(ctx, kBackward, cell, s.in.sequence.batch, s.in.backward_width, second, s.backward));
  s.forward.sizes.batch = s.backward.sizes.batch = 1;
  return two_way_outputs(ctx, s.merged, s.forward.sizes.outputs, s.backward.sizes.outputs);
}

Result<void> eval(Context& ctx) {
  if (has_computed_weights(ctx, {35, 36, 37, 38, kSecondInput})) WHYZERO_TRY(prepare(ctx));
  auto& s = ctx.state<State>();
  const Sequence& n = s.in.sequence;
  const float* first = ctx.input(0).as<float>();
  const float* second = s.in.auxiliary ? ctx.input(kSecondInput).as<float>() : nullptr;
  const float* backward = s.in.backward_reads_second ? ctx.input(kSecondInput).as<float>() : first;
  const size_t merged_width = s.forward.sizes.outputs + s.backward.sizes.outputs;
  auto run = [&](LstmCell& cell, const LstmTensors& t, const float* in, float* out, size_t step, size_t b) {
    const size_t row = n.row(step, b), outputs = cell.sizes.outputs;
    step_lstm(cell, in + row * cell.sizes.inputs, second ? second + row * s.in.auxiliary_width : nullptr,
              ctx.variable(t.output_state).as<float>() + b * outputs,
              ctx.variable(t.cell_state).as<float>() + b * cell.sizes.units, out + row * (s.merged ? merged_width : outputs),
              outputs);
  };
  float* forward_out = ctx.output(0).as<float>();
  float* backward_out = s.merged ? forward_out + s.forward.sizes.outputs : ctx.output(1).as<float>();
  for (size_t b = 0; b < n.batch; ++b)
    for (size_t t = 0; t < n.steps; ++t) {
      run(s.forward, kForward, first, forward_out, t, b);
      run(s.backward, kBackward, backward, backward_out, n.steps - 1 - t, b);
    }
  return {};
}

}  // namespace

extern constinit const Operator unit_bidirectional_sequence_lstm{.name = "BIDIRECTIONAL_SEQUENCE_LSTM",
                                                                 .builtin = schema::BuiltinOperator_BIDIRECTIONAL_SEQUENCE_LSTM,
                                                                 .max_version = 3,
                                                                 .prepare = prepare,
                                                                 .eval = eval};

}  // namespace whyzero::ops
