// Contract and step of a float LSTM cell.
#include "ops/common/lstm.h"

#include <fmt/format.h>

#include <algorithm>

#include "graph/options.h"

namespace whyzero::ops {
namespace {

enum Gate { kInput, kForget, kCell, kOutput };

Result<void> read_vector(const Context& ctx, int k, size_t elements, std::vector<float>& values) {
  const Tensor& tensor = ctx.input(k);
  if (tensor.dtype == DType::kFloat32) {
    WHYZERO_TRY(expect_elements(ctx, k, elements, DType::kFloat32));
    values.assign(elements, 0.0f);
    if (tensor.data) std::copy_n(tensor.as<float>(), elements, values.begin());
  } else {
    WHYZERO_TRY(ctx.expect_dtype(tensor, {DType::kInt8, DType::kUInt8}));
    WHYZERO_TRY(expect_elements(ctx, k, elements, tensor.dtype));
    // uint8 is the spelling of old files for int8.
    if (tensor.dtype == DType::kInt8)
      WHYZERO_TRY(ctx.expect_quantized(tensor));
    else if (!tensor.quantization->present())
      return ctx.error(ErrorCode::kQuantizationMissing, fmt::format("{} has no scale", tensor.label()));
    values.clear();
    for (size_t i = 0; i < elements; ++i) values.push_back(tensor.scale() * static_cast<float>(tensor.as<int8_t>()[i]));
  }
  return {};
}

float sigmoid(float x) { return 1.0f / (1.0f + std::exp(-x)); }

void hold(float& x, float limit) {
  if (limit > 0.0f) x = std::clamp(x, -limit, limit);
}

/// Mean 0 and deviation 1 over the units, then the coefficients.
void normalize(std::vector<float>& values, const std::vector<float>& coefficients) {
  const auto n = static_cast<float>(values.size());
  float sum = 0.0f, squares = 0.0f;
  for (float x : values) {
    sum += x;
    squares += x * x;
  }
  const float mean = sum / n, variance = squares / n - mean * mean;
  const float inverse = variance == 0.0f ? 1.0f / std::sqrt(1e-8f) : 1.0f / std::sqrt(variance);
  for (size_t k = 0; k < values.size(); ++k) values[k] = (values[k] - mean) * inverse * coefficients[k];
}

}  // namespace

Result<void> prepare_lstm(Context& ctx, const LstmTensors& t, const LstmOptions& options, size_t batch, size_t inputs,
                          size_t auxiliary, LstmCell& cell) {
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(t.input), {DType::kFloat32}));
  WHYZERO_TRY(ctx.expect_input(t.input_weights[kOutput]));
  WHYZERO_TRY(ctx.expect_input(t.recurrent_weights[kOutput]));
  WHYZERO_TRY(ctx.expect_rank(ctx.input(t.input_weights[kOutput]), 2, 2));
  WHYZERO_TRY(ctx.expect_rank(ctx.input(t.recurrent_weights[kOutput]), 2, 2));
  const auto units = static_cast<size_t>(ctx.input(t.input_weights[kOutput]).dim(0));
  const auto outputs = static_cast<size_t>(ctx.input(t.recurrent_weights[kOutput]).dim(1));
  if (units == 0) return ctx.error(ErrorCode::kMalformed, "has no units");
  cell.sizes = {batch, inputs, auxiliary, units, outputs};
  cell.options = options;
  // Without input weights of the input gate it is the forget gate's complement.
  const bool coupled = !ctx.has_input(t.input_weights[kInput]);
  for (int g = coupled ? kForget : kInput; g <= kOutput; ++g) {
    WHYZERO_TRY(read_matrix(ctx, t.input_weights[g], units, inputs, cell.input[g]));
    WHYZERO_TRY(read_matrix(ctx, t.recurrent_weights[g], units, outputs, cell.recurrent[g]));
    if (t.auxiliary_input >= 0 && ctx.has_input(t.auxiliary_weights[g]))
      WHYZERO_TRY(read_matrix(ctx, t.auxiliary_weights[g], units, auxiliary, cell.auxiliary[g]));
    if (t.peephole[g] >= 0 && ctx.has_input(t.peephole[g])) WHYZERO_TRY(read_vector(ctx, t.peephole[g], units, cell.peephole[g]));
    if (t.norm[g] >= 0 && ctx.has_input(t.norm[g])) WHYZERO_TRY(read_vector(ctx, t.norm[g], units, cell.norm[g]));
    WHYZERO_TRY(ctx.expect_input(t.bias[g]));
    WHYZERO_TRY(expect_elements(ctx, t.bias[g], units, DType::kFloat32));
    cell.bias[g] = ctx.input(t.bias[g]).as<float>();
  }
  cell.gates[kInput].resize(units);
  for (auto& gate : cell.gates) gate.resize(units);
  cell.hidden.resize(std::max(units, outputs));
  if (ctx.has_input(t.projection)) {
    WHYZERO_TRY(read_matrix(ctx, t.projection, outputs, units, cell.projection));
    if (ctx.has_input(t.projection_bias)) {
      WHYZERO_TRY(expect_elements(ctx, t.projection_bias, outputs, DType::kFloat32));
      cell.projection_bias = ctx.input(t.projection_bias).as<float>();
    }
  } else if (units != outputs) {
    return ctx.error(ErrorCode::kMalformed,
                     fmt::format("has {} units and {} outputs and no projection between them", units, outputs));
  }
  WHYZERO_TRY(expect_state(ctx, t.output_state, batch * outputs));
  WHYZERO_TRY(expect_state(ctx, t.cell_state, batch * units));
  return {};
}

void step_lstm(LstmCell& cell, const float* input, const float* auxiliary, float* output_state, float* cell_state, float* output,
               size_t output_stride) {
  const LstmSizes& n = cell.sizes;
  const LstmOptions& o = cell.options;
  for (size_t b = 0; b < n.batch; ++b) {
    float* c = cell_state + b * n.units;
    float* h = output_state + b * n.outputs;
    auto compute = [&](Gate g) {
      std::vector<float>& gate = cell.gates[g];
      const bool normal = !cell.norm[g].empty();
      for (size_t k = 0; k < n.units; ++k) gate[k] = normal ? 0.0f : cell.bias[g][k];
      accumulate(cell.input[g], input + b * n.inputs, o.asymmetric, cell.row, gate.data());
      if (auxiliary) accumulate(cell.auxiliary[g], auxiliary + b * n.auxiliary, o.asymmetric, cell.row, gate.data());
      accumulate(cell.recurrent[g], h, o.asymmetric, cell.row, gate.data());
      for (size_t k = 0; k < cell.peephole[g].size(); ++k) gate[k] += cell.peephole[g][k] * c[k];
      if (normal) {
        normalize(gate, cell.norm[g]);
        for (size_t k = 0; k < n.units; ++k) gate[k] += cell.bias[g][k];
      }
      for (float& x : gate) x = g == kCell ? activated(x, o.activation) : sigmoid(x);
    };
    const bool coupled = !cell.input[kInput];
    if (!coupled) compute(kInput);
    compute(kForget);
    compute(kCell);
    for (size_t k = 0; k < n.units; ++k) {
      const float forget = cell.gates[kForget][k], in = coupled ? 1.0f - forget : cell.gates[kInput][k];
      c[k] = forget * c[k] + in * cell.gates[kCell][k];
      hold(c[k], o.cell_clip);
    }
    compute(kOutput);
    // Without an activation the official kernel leaves the cell gate where the activated cell should be.
    const bool none = o.activation == schema::ActivationFunctionType_NONE;
    for (size_t k = 0; k < n.units; ++k)
      cell.hidden[k] = cell.gates[kOutput][k] * (none ? cell.gates[kCell][k] : activated(c[k], o.activation));
    if (cell.projection) {
      for (size_t k = 0; k < n.outputs; ++k) h[k] = cell.projection_bias ? cell.projection_bias[k] : 0.0f;
      accumulate(cell.projection, cell.hidden.data(), o.asymmetric, cell.row, h);
      for (size_t k = 0; k < n.outputs; ++k) hold(h[k], o.projection_clip);
    } else {
      std::copy_n(cell.hidden.begin(), n.outputs, h);
    }
    std::copy_n(h, n.outputs, output + b * output_stride);
  }
}

}  // namespace whyzero::ops
