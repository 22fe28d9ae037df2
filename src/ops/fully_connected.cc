// FULLY_CONNECTED: every row of the input times the transposed weights [units, depth], plus bias.
#include "ops/common/fully_connected.h"

#include <fmt/format.h>

#include "ops/common/recurrent.h"

namespace whyzero::ops {
namespace {

using State = FullyConnectedState;

Result<void> check_types(Context& ctx, State& s, const schema::FullyConnectedOptions& options) {
  const Tensor& input = ctx.input(0);
  const Tensor& weights = ctx.input(1);
  const Tensor& output = ctx.output(0);
  const int units = static_cast<int>(s.units);
  const bool integer = input.dtype != DType::kFloat32;
  WHYZERO_TRY(ctx.expect_dtype(input, {DType::kFloat32, DType::kUInt8, DType::kInt8, DType::kInt16}));
  if (!(input.dtype == DType::kInt8 && output.dtype == DType::kInt16)) WHYZERO_TRY(ctx.expect_same_dtype(input, output));
  if (!integer)
    WHYZERO_TRY(ctx.expect_dtype(weights, {DType::kFloat32, DType::kInt8, DType::kInt4, DType::kInt2}));
  else if (input.dtype == DType::kUInt8)
    WHYZERO_TRY(ctx.expect_dtype(weights, {DType::kUInt8}));
  else
    WHYZERO_TRY(ctx.expect_dtype(weights, {DType::kInt8, DType::kInt4, DType::kInt2}));
  if (ctx.has_input(2)) {
    const Tensor& bias = ctx.input(2);
    if (!integer)
      WHYZERO_TRY(check_bias(ctx, bias, units, {DType::kFloat32}));
    else if (input.dtype == DType::kInt16)
      WHYZERO_TRY(check_bias(ctx, bias, units, {DType::kInt32, DType::kInt64}));
    else
      WHYZERO_TRY(check_bias(ctx, bias, units, {DType::kInt32}));
  }
  if (integer) {
    WHYZERO_ASSIGN(s.requantize, requantization(ctx, input, weights, output, units, 0, options.fused_activation_function(),
                                                !weights.quantization->per_channel()));
    const bool narrow = input.dtype == DType::kInt16 && ctx.has_input(2) && ctx.input(2).dtype == DType::kInt32;
    s.requantize.rounding = narrow ? Requantization::kHalfUp : Requantization::kOnce;
    if (input.dtype == DType::kInt16) {
      WHYZERO_TRY(ctx.expect_zero_point(input, 0));
      WHYZERO_TRY(ctx.expect_zero_point(output, 0));
    }
    return {};
  }
  WHYZERO_ASSIGN(s.range, activation_range(ctx, options.fused_activation_function()));
  if (weights.dtype != DType::kFloat32) WHYZERO_TRY(ctx.expect_quantized(weights, units));
  s.asymmetric = options.asymmetric_quantize_inputs();
  return {};
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 3, 1, 2));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(ctx.expect_input(1));
  const auto& options = ctx.options<schema::FullyConnectedOptions>();
  const Tensor& input = ctx.input(0);
  const Tensor& weights = ctx.input(1);
  WHYZERO_TRY(ctx.expect_rank(weights, 2, 2));
  if (options.weights_format() != schema::FullyConnectedOptionsWeightsFormat_DEFAULT || ctx.outputs() != 1)
    return ctx.error(ErrorCode::kUnsupported,
                     fmt::format("weights {} are stored shuffled; convert the model without that option", weights.label()));
  const int32_t units = weights.dim(0), depth = weights.dim(1);
  const size_t elements = input.elements();
  if (depth < 1 || elements % static_cast<size_t>(depth) != 0)
    return ctx.error(ErrorCode::kMalformed,
                     fmt::format("input {} has {} elements, expected a multiple of the {} columns of weights {}", input.label(),
                                 elements, depth, weights.label()));
  auto& state = ctx.make_state<State>();
  state.depth = static_cast<size_t>(depth);
  state.units = static_cast<size_t>(units);
  state.rows = elements / state.depth;
  WHYZERO_TRY(check_types(ctx, state, options));
  Shape shape{static_cast<int32_t>(state.rows), units};
  if (options.keep_num_dims()) {
    if (input.rank() < 1 || input.shape.back() != depth)
      return ctx.error(ErrorCode::kMalformed,
                       fmt::format("the last dimension of input {} must be {} to be kept", input.label(), depth));
    shape = input.shape;
    shape.back() = units;
  }
  return ctx.resize_output(0, std::move(shape));
}

void eval_float(Context& ctx, const State& s) {
  const float* in = ctx.input(0).as<float>();
  const float* weights = ctx.input(1).as<float>();
  const float* bias = float_bias(ctx, 2);
  float* out = ctx.output(0).as<float>();
  for (size_t r = 0; r < s.rows; ++r)
    for (size_t u = 0; u < s.units; ++u) {
      float sum = 0.0f;
      for (size_t k = 0; k < s.depth; ++k) sum += in[r * s.depth + k] * weights[u * s.depth + k];
      out[r * s.units + u] = clamp(sum + (bias ? bias[u] : 0.0f), s.range);
    }
}

template <class T, class Weight>
int64_t dot(const T* in, int32_t in_offset, const Weight* weights, int32_t weight_offset, size_t depth) {
  int64_t sum = 0;
  for (size_t k = 0; k < depth; ++k) sum += int64_t{in[k] + in_offset} * (weights[k] + weight_offset);
  return sum;
}

void eval_hybrid(Context& ctx, State& s) {
  const Tensor& filter = ctx.input(1);
  const int8_t* weights = filter_values(filter, s.unpacked);
  const std::vector<float> scales = channel_scales(filter, static_cast<int>(s.units));
  const float* bias = float_bias(ctx, 2);
  // Here, unlike in floats, the official kernel computes what is not a clipping too.
  const int activation = ctx.options<schema::FullyConnectedOptions>().fused_activation_function();
  const bool only_clips = activation != schema::ActivationFunctionType_TANH && activation != schema::ActivationFunctionType_SIGN_BIT;
  std::vector<int8_t> quantized(s.depth);
  for (size_t r = 0; r < s.rows; ++r) {
    const std::span<const float> in(ctx.input(0).as<float>() + r * s.depth, s.depth);
    const QuantizedRow row = quantize_row(in, s.asymmetric, quantized.data());
    float* out = ctx.output(0).as<float>() + r * s.units;
    for (size_t u = 0; u < s.units; ++u) {
      const int64_t sum = dot(quantized.data(), -row.zero_point, weights + u * s.depth, 0, s.depth);
      const float value = static_cast<float>(sum) * (row.scale * scales[u]) + (bias ? bias[u] : 0.0f);
      out[u] = only_clips ? clamp(value, s.range) : activated(value, activation);
    }
  }
}

template <class T, class Out, class Weight>
void eval_integer(Context& ctx, const State& s, const Weight* weights) {
  const Tensor& input = ctx.input(0);
  const std::vector<int64_t> bias = integer_bias(ctx, 2, static_cast<int>(s.units));
  for (size_t r = 0; r < s.rows; ++r)
    for (size_t u = 0; u < s.units; ++u) {
      const int64_t sum =
          dot(input.as<T>() + r * s.depth, -input.zero_point(), weights + u * s.depth, -ctx.input(1).zero_point(), s.depth);
      // The accumulators of 8-bit activations have 32 bits and wrap, and so do those beside an int32 bias.
      const int64_t total = sizeof(T) == 1 ? int64_t{static_cast<int32_t>(sum + bias[u])} : sum + bias[u];
      ctx.output(0).as<Out>()[r * s.units + u] = static_cast<Out>(s.requantize(total, u));
    }
}

Result<void> eval(Context& ctx) {
  auto& s = ctx.state<State>();
  const Tensor& input = ctx.input(0);
  const Tensor& weights = ctx.input(1);
  if (input.dtype == DType::kFloat32 && weights.dtype == DType::kFloat32)
    eval_float(ctx, s);
  else if (input.dtype == DType::kFloat32)
    eval_hybrid(ctx, s);
  else if (input.dtype == DType::kUInt8)
    eval_integer<uint8_t, uint8_t>(ctx, s, weights.as<uint8_t>());
  else if (ctx.output(0).dtype == DType::kInt8)
    eval_integer<int8_t, int8_t>(ctx, s, filter_values(weights, s.unpacked));
  else if (input.dtype == DType::kInt8)
    eval_integer<int8_t, int16_t>(ctx, s, filter_values(weights, s.unpacked));
  else
    eval_integer<int16_t, int16_t>(ctx, s, filter_values(weights, s.unpacked));
  return {};
}

}  // namespace

extern constinit const Operator unit_fully_connected{.name = "FULLY_CONNECTED",
                                                     .builtin = schema::BuiltinOperator_FULLY_CONNECTED,
                                                     .max_version = 14,
                                                     .prepare = prepare,
                                                     .eval = eval};

}  // namespace whyzero::ops
