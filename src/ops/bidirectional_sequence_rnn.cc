// BIDIRECTIONAL_SEQUENCE_RNN: two plain recurrent cells over a batch of sequences, one from the start and one from the end.
#include "graph/options.h"
#include "ops/common/rnn.h"
#include "ops/common/sequence.h"

namespace whyzero::ops {
namespace {

constexpr int kSecondInput = 9;
constexpr RnnTensors kForward{1, 2, 3, 4, 10}, kBackward{5, 6, 7, 8, 11};

struct State {
  TwoWayInputs in;
  bool merged = false;
  // The official kernel runs time-major sequences with int8 weights once more for every step; the state of the last pass stays.
  size_t passes = 1;
  RnnCell forward, backward;
};

Result<void> prepare(Context& ctx) {
  const auto& options = ctx.options<schema::BidirectionalSequenceRNNOptions>();
  auto& s = ctx.make_state<State>();
  s.merged = options.merge_outputs();
  WHYZERO_TRY(ctx.expect_arity(12, 12, s.merged ? 1 : 2, s.merged ? 1 : 2));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), {DType::kFloat32}));
  if (ctx.has_input(kForward.auxiliary_weights) != ctx.has_input(kBackward.auxiliary_weights))
    return ctx.error(ErrorCode::kMalformed, "only one of its directions has weights for the second input");
  WHYZERO_ASSIGN(s.in, two_way_inputs(ctx, kSecondInput, kForward.auxiliary_weights, options.time_major()));
  // The official kernel gives the backward direction the second input only where time comes first.
  if (s.in.backward_reads_second && !options.time_major()) {
    s.in.backward_reads_second = false;
    s.in.backward_width = s.in.sequence.width;
  }
  const RnnOptions cell{options.fused_activation_function(), options.asymmetric_quantize_inputs()};
  const size_t batch = s.in.sequence.batch, second = s.in.auxiliary_width;
  WHYZERO_TRY(prepare_rnn(ctx, kForward, cell, batch, s.in.sequence.width, second, s.forward));
  WHYZERO_TRY(prepare_rnn(ctx, kBackward, cell, batch, s.in.backward_width, second, s.backward));
  if (s.forward.weights.quantized && options.time_major()) s.passes = s.in.sequence.steps;
  return two_way_outputs(ctx, s.merged, s.forward.units, s.backward.units);
}

Result<void> eval(Context& ctx) {
  if (has_computed_weights(ctx, {kForward.state, kBackward.state, kSecondInput})) WHYZERO_TRY(prepare(ctx));
  auto& s = ctx.state<State>();
  const Sequence& n = s.in.sequence;
  const float* first = ctx.input(0).as<float>();
  const float* second = s.in.auxiliary ? ctx.input(kSecondInput).as<float>() : nullptr;
  const float* backward = s.in.backward_reads_second ? ctx.input(kSecondInput).as<float>() : first;
  const size_t stride = s.merged ? s.forward.units + s.backward.units : 0;
  auto run = [&](RnnCell& cell, const RnnTensors& t, const float* in, size_t width, float* out, size_t step, size_t b) {
    const size_t row = n.row(step, b);
    step_rnn(cell, in + row * width, second ? second + row * s.in.auxiliary_width : nullptr,
             ctx.variable(t.state).as<float>() + b * cell.units, out + row * (stride ? stride : cell.units));
  };
  float* forward_out = ctx.output(0).as<float>();
  float* backward_out = s.merged ? forward_out + s.forward.units : ctx.output(1).as<float>();
  for (size_t pass = 0; pass < s.passes; ++pass)
    for (size_t b = 0; b < n.batch; ++b)
      for (size_t t = 0; t < n.steps; ++t) {
        run(s.forward, kForward, first, n.width, forward_out, t, b);
        run(s.backward, kBackward, backward, s.in.backward_width, backward_out, n.steps - 1 - t, b);
      }
  return {};
}

}  // namespace

extern constinit const Operator unit_bidirectional_sequence_rnn{.name = "BIDIRECTIONAL_SEQUENCE_RNN",
                                                                .builtin = schema::BuiltinOperator_BIDIRECTIONAL_SEQUENCE_RNN,
                                                                .max_version = 3,
                                                                .prepare = prepare,
                                                                .eval = eval};

}  // namespace whyzero::ops
