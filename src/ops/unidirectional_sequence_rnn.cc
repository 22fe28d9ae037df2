// UNIDIRECTIONAL_SEQUENCE_RNN: a plain recurrent cell run over a batch of sequences; its state is a variable tensor.
#include "graph/options.h"
#include "ops/common/rnn.h"
#include "ops/common/sequence.h"

namespace whyzero::ops {
namespace {

struct State {
  Sequence sequence;
  RnnCell cell;
};

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(5, 5, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  const Tensor& input = ctx.input(0);
  WHYZERO_TRY(ctx.expect_dtype(input, {DType::kFloat32}));
  WHYZERO_TRY(ctx.expect_same_dtype(input, ctx.output(0)));
  const auto& options = ctx.options<schema::SequenceRNNOptions>();
  auto& s = ctx.make_state<State>();
  WHYZERO_ASSIGN(s.sequence, sequence_of(ctx, 0, options.time_major()));
  WHYZERO_TRY(prepare_rnn(ctx, {}, {options.fused_activation_function(), options.asymmetric_quantize_inputs()}, s.sequence.batch,
                          s.sequence.width, 0, s.cell));
  return ctx.resize_output(0, {input.dim(0), input.dim(1), static_cast<int32_t>(s.cell.units)});
}

Result<void> eval(Context& ctx) {
  if (has_computed_weights(ctx, {4})) WHYZERO_TRY(prepare(ctx));
  auto& s = ctx.state<State>();
  for (size_t t = 0; t < s.sequence.steps; ++t)
    for (size_t b = 0; b < s.sequence.batch; ++b) {
      const size_t row = s.sequence.row(t, b);
      step_rnn(s.cell, ctx.input(0).as<float>() + row * s.sequence.width, nullptr,
               ctx.variable(4).as<float>() + b * s.cell.units, ctx.output(0).as<float>() + row * s.cell.units);
    }
  return {};
}

}  // namespace

extern constinit const Operator unit_unidirectional_sequence_rnn{.name = "UNIDIRECTIONAL_SEQUENCE_RNN",
                                                                 .builtin = schema::BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_RNN,
                                                                 .max_version = 3,
                                                                 .prepare = prepare,
                                                                 .eval = eval};

}  // namespace whyzero::ops
