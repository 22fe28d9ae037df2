// UNIDIRECTIONAL_SEQUENCE_LSTM: a memory cell run over a sequence; its states are variable tensors.
#include <fmt/format.h>

#include "graph/options.h"
#include "ops/common/lstm.h"
#include "ops/common/lstm_integer.h"

namespace whyzero::ops {
namespace {

struct State {
  size_t steps = 0;
  bool time_major = false;
  LstmCell cell;
  IntegerLstmCell integer;
};

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(20, 24, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  const Tensor& input = ctx.input(0);
  WHYZERO_TRY(ctx.expect_dtype(input, {DType::kFloat32, DType::kInt8}));
  WHYZERO_TRY(ctx.expect_same_dtype(input, ctx.output(0)));
  WHYZERO_TRY(ctx.expect_rank(input, 3, 3));
  const auto& options = ctx.options<schema::UnidirectionalSequenceLSTMOptions>();
  auto& s = ctx.make_state<State>();
  s.time_major = options.time_major();
  s.steps = static_cast<size_t>(input.dim(s.time_major ? 0 : 1));
  const auto batch = static_cast<size_t>(input.dim(s.time_major ? 1 : 0)), width = static_cast<size_t>(input.dim(2));
  if (options.diagonal_recurrent_tensors())
    return ctx.error(ErrorCode::kUnsupported, "diagonal recurrent weights are not supported here");
  const LstmOptions cell_options{options.fused_activation_function(), options.cell_clip(), options.proj_clip(),
                                 options.asymmetric_quantize_inputs()};
  size_t outputs = 0;
  if (input.dtype == DType::kInt8) {
    WHYZERO_TRY(prepare_integer_lstm(ctx, LstmTensors{}, cell_options, batch, width, s.integer));
    outputs = s.integer.sizes.outputs;
  } else {
    WHYZERO_TRY(prepare_lstm(ctx, LstmTensors{}, cell_options, batch, width, 0, s.cell));
    outputs = s.cell.sizes.outputs;
  }
  return ctx.resize_output(0, {input.dim(0), input.dim(1), static_cast<int32_t>(outputs)});
}

/// Batch-major sequences run one after the other, time-major ones together: the states of a row are its own either way.
template <class T, class Cell, class Step>
void run(Context& ctx, const State& s, Cell& cell, Step&& step) {
  const LstmSizes sizes = cell.sizes;
  const T* in = ctx.input(0).as<T>();
  T* out = ctx.output(0).as<T>();
  if (s.time_major) {
    for (size_t t = 0; t < s.steps; ++t) step(in + t * sizes.batch * sizes.inputs, 0, out + t * sizes.batch * sizes.outputs);
    return;
  }
  cell.sizes.batch = 1;
  for (size_t b = 0; b < sizes.batch; ++b)
    for (size_t t = 0; t < s.steps; ++t) step(in + (b * s.steps + t) * sizes.inputs, b, out + (b * s.steps + t) * sizes.outputs);
  cell.sizes.batch = sizes.batch;
}

Result<void> eval(Context& ctx) {
  if (has_computed_weights(ctx, {18, 19})) WHYZERO_TRY(prepare(ctx));
  auto& s = ctx.state<State>();
  Tensor& h = ctx.variable(18);
  Tensor& c = ctx.variable(19);
  if (ctx.input(0).dtype == DType::kInt8) {
    run<int8_t>(ctx, s, s.integer, [&](const int8_t* in, size_t b, int8_t* out) {
      const LstmSizes& n = s.integer.sizes;
      step_integer_lstm(s.integer, in, h.as<int8_t>() + b * n.outputs, c.as<int16_t>() + b * n.units, out);
    });
  } else {
    run<float>(ctx, s, s.cell, [&](const float* in, size_t b, float* out) {
      const LstmSizes& n = s.cell.sizes;
      step_lstm(s.cell, in, nullptr, h.as<float>() + b * n.outputs, c.as<float>() + b * n.units, out, n.outputs);
    });
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_unidirectional_sequence_lstm{.name = "UNIDIRECTIONAL_SEQUENCE_LSTM",
                                                                  .builtin = schema::BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_LSTM,
                                                                  .max_version = 4,
                                                                  .prepare = prepare,
                                                                  .eval = eval};

}  // namespace whyzero::ops
