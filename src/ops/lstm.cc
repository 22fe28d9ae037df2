// LSTM: one step of a memory cell over a batch. The "full" kernel is that of the sequence operator; the "basic" one has a single
// matrix for all gates and takes and gives its states as plain tensors.
#include "ops/common/lstm.h"

#include <fmt/format.h>

#include "graph/options.h"
#include "ops/common/lstm_basic.h"
#include "ops/common/lstm_integer.h"

namespace whyzero::ops {
namespace {

struct State {
  bool basic = false;
  size_t units = 0;
  Range<float> range{};
  LstmCell cell;
  IntegerLstmCell integer;
  BasicLstmCell basic_integer;
};

/// Inputs: values, previous output, weights [4 units, inputs + units], bias, previous cell state. Outputs: output, cell state,
/// and two that hold what was computed on the way.
Result<void> prepare_basic(Context& ctx, State& s) {
  WHYZERO_TRY(ctx.expect_arity(5, 5, 4, 4));
  for (int k = 0; k < 5; ++k) {
    WHYZERO_TRY(ctx.expect_input(k));
    WHYZERO_TRY(ctx.expect_rank(ctx.input(k), k == 3 ? 1 : 2, k == 3 ? 1 : 2));
  }
  const Tensor& input = ctx.input(0);
  const Tensor& output = ctx.input(1);
  const Tensor& weights = ctx.input(2);
  const int64_t units = output.dim(1), width = int64_t{input.dim(1)} + units;
  const bool fits = weights.dim(0) == 4 * units && weights.dim(1) == width && ctx.input(3).dim(0) == 4 * units &&
                    output.dim(0) == input.dim(0) && ctx.input(4).shape == output.shape;
  if (!fits)
    return ctx.error(ErrorCode::kMalformed,
                     fmt::format("weights {} are [{},{}], expected [{},{}]; states must be [{},{}]", weights.label(),
                                 weights.dim(0), weights.dim(1), 4 * units, width, input.dim(0), units));
  s.basic = true;
  s.units = static_cast<size_t>(units);
  WHYZERO_TRY(ctx.expect_dtype(input, {DType::kFloat32, DType::kUInt8}));
  if (input.dtype == DType::kUInt8) {
    s.basic_integer = {static_cast<size_t>(input.dim(0)), static_cast<size_t>(input.dim(1)), s.units, {}};
    WHYZERO_TRY(prepare_basic_integers(ctx, s.basic_integer));
  } else {
    for (int k = 1; k < 5; ++k) WHYZERO_TRY(ctx.expect_dtype(ctx.input(k), {DType::kFloat32}));
    for (int k = 0; k < 4; ++k) WHYZERO_TRY(ctx.expect_dtype(ctx.output(k), {DType::kFloat32}));
  }
  WHYZERO_TRY(ctx.resize_output(0, output.shape));
  WHYZERO_TRY(ctx.resize_output(1, output.shape));
  WHYZERO_TRY(ctx.resize_output(2, {input.dim(0), static_cast<int32_t>(width)}));
  return ctx.resize_output(3, {input.dim(0), weights.dim(0)});
}

float sigmoid(float x) { return 1.0f / (1.0f + std::exp(-x)); }

void eval_basic(Context& ctx, const State& s) {
  const Tensor& input = ctx.input(0);
  const auto batch = static_cast<size_t>(input.dim(0)), inputs = static_cast<size_t>(input.dim(1)), width = inputs + s.units;
  const float* weights = ctx.input(2).as<float>();
  for (size_t b = 0; b < batch; ++b) {
    float* joined = ctx.output(2).as<float>() + b * width;
    std::copy_n(input.as<float>() + b * inputs, inputs, joined);
    std::copy_n(ctx.input(1).as<float>() + b * s.units, s.units, joined + inputs);
    float* gates = ctx.output(3).as<float>() + b * 4 * s.units;
    for (size_t r = 0; r < 4 * s.units; ++r) {
      float sum = 0.0f;
      for (size_t c = 0; c < width; ++c) sum += weights[r * width + c] * joined[c];
      gates[r] = sum + ctx.input(3).as<float>()[r];
    }
    for (size_t k = 0; k < s.units; ++k) {
      const float in = sigmoid(gates[k]), value = std::tanh(gates[s.units + k]), forget = sigmoid(gates[2 * s.units + k]);
      const float cell = in * value + forget * ctx.input(4).as<float>()[b * s.units + k];
      ctx.output(1).as<float>()[b * s.units + k] = cell;
      ctx.output(0).as<float>()[b * s.units + k] = sigmoid(gates[3 * s.units + k]) * std::tanh(cell);
    }
  }
}

Result<void> prepare(Context& ctx) {
  const auto& options = ctx.options<schema::LSTMOptions>();
  auto& s = ctx.make_state<State>();
  if (options.kernel_type() == schema::LSTMKernelType_BASIC) return prepare_basic(ctx, s);
  WHYZERO_TRY(ctx.expect_arity(20, 24, 1, 4));
  WHYZERO_TRY(ctx.expect_input(0));
  const Tensor& input = ctx.input(0);
  WHYZERO_TRY(ctx.expect_dtype(input, {DType::kFloat32, DType::kInt8}));
  WHYZERO_TRY(ctx.expect_same_dtype(input, ctx.output(0)));
  WHYZERO_TRY(ctx.expect_rank(input, 2, 2));
  const LstmOptions cell_options{options.fused_activation_function(), options.cell_clip(), options.proj_clip(),
                                 options.asymmetric_quantize_inputs()};
  const auto batch = static_cast<size_t>(input.dim(0)), width = static_cast<size_t>(input.dim(1));
  size_t outputs = 0;
  if (input.dtype == DType::kInt8) {
    WHYZERO_TRY(prepare_integer_lstm(ctx, LstmTensors{}, cell_options, batch, width, s.integer));
    outputs = s.integer.sizes.outputs;
  } else {
    WHYZERO_TRY(prepare_lstm(ctx, LstmTensors{}, cell_options, batch, width, 0, s.cell));
    outputs = s.cell.sizes.outputs;
  }
  for (int k = 1; k < ctx.outputs(); ++k) WHYZERO_TRY(ctx.resize_output(k, ctx.output(k).shape));
  return ctx.resize_output(0, {input.dim(0), static_cast<int32_t>(outputs)});
}

Result<void> eval(Context& ctx) {
  if (!ctx.state<State>().basic && has_computed_weights(ctx, {18, 19})) WHYZERO_TRY(prepare(ctx));
  auto& s = ctx.state<State>();
  if (s.basic && ctx.input(0).dtype == DType::kUInt8) {
    step_basic_integers(ctx, s.basic_integer);
  } else if (s.basic) {
    eval_basic(ctx, s);
  } else if (ctx.input(0).dtype == DType::kInt8) {
    step_integer_lstm(s.integer, ctx.input(0).as<int8_t>(), ctx.variable(18).as<int8_t>(), ctx.variable(19).as<int16_t>(),
                      ctx.output(0).as<int8_t>());
  } else {
    step_lstm(s.cell, ctx.input(0).as<float>(), nullptr, ctx.variable(18).as<float>(), ctx.variable(19).as<float>(),
              ctx.output(0).as<float>(), s.cell.sizes.outputs);
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_lstm{
    .name = "LSTM", .builtin = schema::BuiltinOperator_LSTM, .max_version = 4, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
