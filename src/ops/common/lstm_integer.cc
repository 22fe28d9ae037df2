// Contract and step of the integer LSTM cell.
#include "ops/common/lstm_integer.h"

#include <fmt/format.h>

#include "numerics/fixed_point16.h"

namespace whyzero::ops {
namespace {

enum Gate { kInput, kForget, kCell, kOutput };

constexpr double kGateScale = 1.0 / 4096.0;  // the activations take three digits before the point

Result<void> expect_constant(const Context& ctx, int k, DType dtype, size_t elements) {
  WHYZERO_TRY(ctx.expect_input(k));
  const Tensor& tensor = ctx.input(k);
  WHYZERO_TRY(ctx.expect_dtype(tensor, {dtype}));
  if (tensor.constant && tensor.elements() == elements) return {};
  return ctx.error(ErrorCode::kMalformed, fmt::format("input {} ({}) must be a constant of {} elements; it has {}", k,
                                                      tensor.label(), elements, tensor.elements()));
}

/// The product's bias less zero_point times the sums of the weights' rows, so that the loop needs no zero point.
Result<void> read_product(const Context& ctx, int weights, int bias, size_t rows, size_t columns, int32_t zero_point,
                          double scale, IntegerLstmCell::Product& product) {
  WHYZERO_TRY(expect_constant(ctx, weights, DType::kInt8, rows * columns));
  WHYZERO_TRY(ctx.expect_quantized(ctx.input(weights)));
  product.weights = ctx.input(weights).as<int8_t>();
  product.factor = multiplier_from_real(scale * static_cast<double>(ctx.input(weights).scale()));
  product.bias.assign(rows, 0);
  const bool biased = bias >= 0 && ctx.has_input(bias);
  if (biased) WHYZERO_TRY(expect_constant(ctx, bias, DType::kInt32, rows));
  for (size_t r = 0; r < rows; ++r) {
    int64_t sum = biased ? ctx.input(bias).as<int32_t>()[r] : 0;
    for (size_t c = 0; c < columns; ++c) sum -= int64_t{zero_point} * product.weights[r * columns + c];
    product.bias[r] = static_cast<int32_t>(sum);
  }
  return {};
}

int16_t saturate16(int64_t x) { return static_cast<int16_t>(std::clamp<int64_t>(x, -32768, 32767)); }

int32_t scaled_sum(const IntegerLstmCell::Product& p, const int8_t* in, size_t row, size_t columns) {
  int64_t sum = p.bias[row];
  for (size_t c = 0; c < columns; ++c) sum += in[c] * p.weights[row * columns + c];
  return multiply(static_cast<int32_t>(sum), p.factor);
}

int64_t rounding_shift(int64_t x, int exponent) { return divide_by_power_of_two(static_cast<int32_t>(x), exponent); }

/// Mean 0, deviation 1 in 1/1024, then coefficients and bias.
void normalize(std::vector<int16_t>& gate, const IntegerLstmCell& cell, int g) {
  constexpr int64_t kStep = 1 << 10;
  const auto n = static_cast<int64_t>(gate.size());
  int64_t sum = 0, squares = 0;
  for (int16_t x : gate) {
    sum += x;
    squares += int64_t{x} * x;
  }
  const int64_t mean = sum * kStep / n;
  const int64_t variance = (squares * (kStep * kStep / n) - mean * mean) / (kStep * kStep);
  const Multiplier inverse =
      inverse_square_root(static_cast<int32_t>(std::clamp<int64_t>(variance, cell.variance_guard[g], 2147483647)));
  for (size_t k = 0; k < gate.size(); ++k) {
    const auto centred = static_cast<int32_t>(kStep * gate[k] - mean);
    const int32_t unit = multiply(centred, {inverse.value, inverse.shift});
    const int64_t weighted = int64_t{unit} * cell.norm[g][k] + cell.norm_bias[g][k];
    const int64_t rounded = (weighted > 0 ? weighted + kStep / 2 : weighted - kStep / 2) / kStep;
    const Multiplier factor = cell.norm_factor[g];
    gate[k] = saturate16(multiply(static_cast<int32_t>(rounded), {factor.value, factor.shift + 12}));
  }
}

}  // namespace

Result<void> prepare_integer_lstm(Context& ctx, const LstmTensors& t, const LstmOptions& options, size_t batch, size_t inputs,
                                  IntegerLstmCell& cell) {
  for (int k : {t.input_weights[kOutput], t.recurrent_weights[kOutput], t.output_state, t.cell_state})
    WHYZERO_TRY(ctx.expect_input(k));
  WHYZERO_TRY(ctx.expect_rank(ctx.input(t.input_weights[kOutput]), 2, 2));
  WHYZERO_TRY(ctx.expect_rank(ctx.input(t.recurrent_weights[kOutput]), 2, 2));
  const auto units = static_cast<size_t>(ctx.input(t.input_weights[kOutput]).dim(0));
  const auto outputs = static_cast<size_t>(ctx.input(t.recurrent_weights[kOutput]).dim(1));
  const Tensor& input = ctx.input(t.input);
  const Tensor& h = ctx.input(t.output_state);
  const Tensor& c = ctx.input(t.cell_state);
  WHYZERO_TRY(ctx.expect_dtype(h, {DType::kInt8}));
  WHYZERO_TRY(ctx.expect_dtype(c, {DType::kInt16}));
  if (units == 0 || outputs == 0 || h.elements() != batch * outputs || c.elements() != batch * units || h.constant || c.constant)
    return ctx.error(ErrorCode::kMalformed, fmt::format("states {} and {} must be variable tensors of [{},{}] and [{},{}]",
                                                        h.label(), c.label(), batch, outputs, batch, units));
  for (const Tensor* tensor : {&input, &h, &c}) WHYZERO_TRY(ctx.expect_quantized(*tensor));
  const Tensor* hidden = ctx.intermediate(4);
  if (!hidden)
    return ctx.error(ErrorCode::kMalformed, "has no intermediate tensor 4, which gives the scale of the hidden values");
  WHYZERO_TRY(ctx.expect_quantized(*hidden));
  cell.sizes = {batch, inputs, 0, units, outputs};
  const double log_scale = std::round(std::log2(static_cast<double>(c.scale())));
  if (log_scale > -9.0 || log_scale < -15.0 ||
      std::abs(std::exp2(log_scale) - static_cast<double>(c.scale())) > 1e-3 * static_cast<double>(c.scale()))
    return ctx.error(
        ErrorCode::kQuantizationInvalid,
        fmt::format("the scale {} of cell state {} must be a power of two from 2^-15 to 2^-9", c.scale(), c.label()));
  cell.cell_exponent = static_cast<int>(log_scale);
  const bool coupled = !ctx.has_input(t.input_weights[kInput]);
  for (int g = coupled ? kForget : kInput; g <= kOutput; ++g) {
    const bool normal = ctx.has_input(t.norm[g]);
    double gate_scale = kGateScale;
    if (normal) {
      const Tensor* between = ctx.intermediate(g);
      if (!between)
        return ctx.error(ErrorCode::kMalformed, fmt::format("has no intermediate tensor {} for its layer normalization", g));
      WHYZERO_TRY(ctx.expect_quantized(*between));
      gate_scale = static_cast<double>(between->scale());
      WHYZERO_TRY(expect_constant(ctx, t.norm[g], DType::kInt16, units));
      WHYZERO_TRY(expect_constant(ctx, t.bias[g], DType::kInt32, units));
      WHYZERO_TRY(ctx.expect_quantized(ctx.input(t.norm[g])));
      cell.norm[g] = ctx.input(t.norm[g]).as<int16_t>();
      cell.norm_bias[g].assign(ctx.input(t.bias[g]).as<int32_t>(), ctx.input(t.bias[g]).as<int32_t>() + units);
      cell.norm_factor[g] = multiplier_from_real(static_cast<double>(ctx.input(t.norm[g]).scale()));
      cell.variance_guard[g] = std::max(1, saturating_round(10000.0 * static_cast<double>(ctx.input(t.norm[g]).scale())));
    }
    WHYZERO_TRY(read_product(ctx, t.input_weights[g], normal ? -1 : t.bias[g], units, inputs, input.zero_point(),
                             static_cast<double>(input.scale()) / gate_scale, cell.input[g]));
    WHYZERO_TRY(read_product(ctx, t.recurrent_weights[g], -1, units, outputs, h.zero_point(),
                             static_cast<double>(h.scale()) / gate_scale, cell.recurrent[g]));
    if (t.peephole[g] >= 0 && ctx.has_input(t.peephole[g])) {
      WHYZERO_TRY(expect_constant(ctx, t.peephole[g], DType::kInt16, units));
      WHYZERO_TRY(ctx.expect_quantized(ctx.input(t.peephole[g])));
      cell.peephole[g] = ctx.input(t.peephole[g]).as<int16_t>();
      cell.peephole_factor[g] = multiplier_from_real(static_cast<double>(ctx.input(t.peephole[g]).scale()) *
                                                     static_cast<double>(c.scale()) / gate_scale);
    }
  }
  for (auto& gate : cell.gates) gate.resize(units);
  cell.hidden.resize(units);
  cell.hidden_factor = multiplier_from_real(std::exp2(-30.0) / static_cast<double>(hidden->scale()));
  cell.hidden_zero_point = hidden->zero_point();
  cell.output_zero_point = h.zero_point();
  if (options.cell_clip > 0.0f)
    cell.cell_clip = std::clamp(saturating_round(std::trunc(options.cell_clip / c.scale())), 0, 32767);
  if (options.projection_clip > 0.0f)
    cell.projection_clip = std::clamp(saturating_round(std::trunc(options.projection_clip / h.scale())), 0, 127);
  if (ctx.has_input(t.projection))
    return read_product(ctx, t.projection, t.projection_bias, outputs, units, hidden->zero_point(),
                        static_cast<double>(hidden->scale()) / static_cast<double>(h.scale()), cell.projection);
  if (units == outputs) return {};
  return ctx.error(ErrorCode::kMalformed,
                   fmt::format("has {} units and {} outputs and no projection between them", units, outputs));
}

void step_integer_lstm(IntegerLstmCell& cell, const int8_t* input, int8_t* output_state, int16_t* cell_state, int8_t* output) {
  const LstmSizes& n = cell.sizes;
  for (size_t b = 0; b < n.batch; ++b) {
    int16_t* c = cell_state + b * n.units;
    int8_t* h = output_state + b * n.outputs;
    auto compute = [&](Gate g) {
      std::vector<int16_t>& gate = cell.gates[g];
      for (size_t k = 0; k < n.units; ++k) {
        gate[k] = saturate16(scaled_sum(cell.input[g], input + b * n.inputs, k, n.inputs));
        gate[k] = saturate16(int64_t{gate[k]} + scaled_sum(cell.recurrent[g], h, k, n.outputs));
        if (!cell.peephole[g]) continue;
        // The official kernel walks over the batch as if it had rows of `outputs` cells.
        const size_t place = b * n.units + k, weight = place % n.outputs;
        if (place < n.batch * n.outputs && weight < n.units)
          gate[k] = saturate16(int64_t{gate[k]} + multiply(int32_t{cell.peephole[g][weight]} * c[k], cell.peephole_factor[g]));
      }
      if (cell.norm[g]) normalize(gate, cell, g);
      for (int16_t& x : gate) x = g == kCell ? tanh_fixed16(x, 3) : logistic_fixed16(x);
    };
    const bool coupled = cell.input[kInput].weights == nullptr;
    if (!coupled) compute(kInput);
    compute(kForget);
    compute(kCell);
    for (size_t k = 0; k < n.units; ++k) {
      const int32_t forget = cell.gates[kForget][k], in = coupled ? 32767 - forget : cell.gates[kInput][k];
      const auto kept = static_cast<int16_t>(rounding_shift(int64_t{forget} * c[k], 15));
      const auto added = static_cast<int16_t>(rounding_shift(int64_t{in} * cell.gates[kCell][k], 30 + cell.cell_exponent));
      c[k] = saturate16(int64_t{kept} + added);
      if (cell.cell_clip > 0) c[k] = static_cast<int16_t>(std::clamp<int32_t>(c[k], -cell.cell_clip, cell.cell_clip));
    }
    compute(kOutput);
    for (size_t k = 0; k < n.units; ++k) {
      const int32_t value = int32_t{cell.gates[kOutput][k]} * tanh_fixed16(c[k], 15 + cell.cell_exponent);
      const int64_t stored = int64_t{multiply(value, cell.hidden_factor)} + cell.hidden_zero_point;
      cell.hidden[k] = static_cast<int8_t>(std::clamp<int64_t>(stored, -128, 127));
    }
    for (size_t k = 0; k < n.outputs; ++k) {
      int64_t value = cell.hidden[k < n.units ? k : 0];
      if (cell.projection.weights)
        value = int64_t{scaled_sum(cell.projection, cell.hidden.data(), k, n.units)} + cell.output_zero_point;
      value = std::clamp<int64_t>(value, -128, 127);
      if (cell.projection.weights && cell.projection_clip > 0)
        value = std::clamp<int64_t>(value, -cell.projection_clip, cell.projection_clip);
      h[k] = static_cast<int8_t>(value);
    }
    std::copy_n(h, n.outputs, output + b * n.outputs);
  }
}

}  // namespace whyzero::ops
