// SVDF: a layer whose filters are products of a feature part and a time part; a variable tensor remembers what the feature parts
// gave in the last steps.
#include <fmt/format.h>

#include <algorithm>

#include "graph/options.h"
#include "ops/common/quantized.h"
#include "ops/common/recurrent.h"

namespace whyzero::ops {
namespace {

struct State {
  size_t batch = 0, inputs = 0, filters = 0, rank = 1, units = 0, memory = 0;
  int activation = 0;
  bool asymmetric = false;
  // Floats.
  WeightMatrix feature;
  std::vector<float> time, now;
  std::vector<int8_t> row;
  const float* bias = nullptr;
  // Integers.
  Multiplier to_state, to_output;
};

Result<void> prepare_floats(Context& ctx, State& s) {
  WHYZERO_TRY(read_matrix(ctx, 1, s.filters, s.inputs, s.feature));
  const Tensor& time = ctx.input(2);
  WHYZERO_TRY(ctx.expect_dtype(time, {DType::kFloat32, DType::kInt8, DType::kUInt8}));
  WHYZERO_TRY(expect_elements(ctx, 2, s.filters * s.memory, time.dtype));
  if (time.dtype == DType::kInt8) WHYZERO_TRY(ctx.expect_quantized(time));
  if (time.dtype == DType::kUInt8 && !time.quantization->present())
    return ctx.error(ErrorCode::kQuantizationMissing, fmt::format("weights {} have no scale", time.label()));
  s.time.resize(time.elements());
  for (size_t k = 0; k < s.time.size() && time.data; ++k)
    s.time[k] = time.dtype == DType::kFloat32 ? time.as<float>()[k] : time.scale() * static_cast<float>(time.as<int8_t>()[k]);
  s.now.resize(s.filters);
  if (ctx.has_input(3)) {
    WHYZERO_TRY(expect_elements(ctx, 3, s.units, DType::kFloat32));
    s.bias = ctx.input(3).as<float>();
  }
  return expect_state(ctx, 4, s.batch * s.filters * s.memory);
}

Result<void> prepare_integers(Context& ctx, State& s) {
  if (s.activation != schema::ActivationFunctionType_RELU)
    return ctx.error(ErrorCode::kUnsupported,
                     fmt::format("has activation {} with int8; only RELU (1) is defined there", s.activation));
  WHYZERO_TRY(expect_elements(ctx, 1, s.filters * s.inputs, DType::kInt8));
  WHYZERO_TRY(expect_elements(ctx, 2, s.filters * s.memory, DType::kInt16));
  if (ctx.has_input(3)) WHYZERO_TRY(expect_elements(ctx, 3, s.units, DType::kInt32));
  WHYZERO_TRY(expect_elements(ctx, 4, s.batch * s.filters * s.memory, DType::kInt16, false));
  if (ctx.input(4).constant)
    return ctx.error(ErrorCode::kMalformed, fmt::format("state {} is a constant and cannot change", ctx.input(4).label()));
  for (int k : {0, 1, 2, 4}) WHYZERO_TRY(ctx.expect_quantized(ctx.input(k)));
  WHYZERO_TRY(ctx.expect_quantized(ctx.output(0)));
  auto scale = [&](int k) { return static_cast<double>(ctx.input(k).scale()); };
  s.to_state = multiplier_from_real(scale(0) * scale(1) / scale(4));
  s.to_output = multiplier_from_real(scale(4) * scale(2) / static_cast<double>(ctx.output(0).scale()));
  return {};
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(5, 5, 1, 1));
  for (int k : {0, 1, 2, 4}) WHYZERO_TRY(ctx.expect_input(k));
  const Tensor& input = ctx.input(0);
  WHYZERO_TRY(ctx.expect_dtype(input, {DType::kFloat32, DType::kInt8}));
  WHYZERO_TRY(ctx.expect_same_dtype(input, ctx.output(0)));
  WHYZERO_TRY(ctx.expect_rank(input, 2, 2));
  WHYZERO_TRY(ctx.expect_rank(ctx.input(1), 2, 2));
  WHYZERO_TRY(ctx.expect_rank(ctx.input(2), 2, 2));
  const auto& options = ctx.options<schema::SVDFOptions>();
  auto& s = ctx.make_state<State>();
  const int filters = ctx.input(1).dim(0), rank = options.rank();
  if (rank < 1 || filters % rank != 0)
    return ctx.error(ErrorCode::kMalformed, fmt::format("has rank {}, which must divide its {} filters", rank, filters));
  if (ctx.input(1).dim(1) != input.dim(1) || ctx.input(2).dim(0) != filters || ctx.input(2).dim(1) < 1)
    return ctx.error(ErrorCode::kMalformed,
                     fmt::format("feature weights are [{},{}] and time weights [{},{}], expected [{},{}] and [{}, at least 1]",
                                 filters, ctx.input(1).dim(1), ctx.input(2).dim(0), ctx.input(2).dim(1), filters, input.dim(1),
                                 filters));
  s.batch = static_cast<size_t>(input.dim(0));
  s.inputs = static_cast<size_t>(input.dim(1));
  s.filters = static_cast<size_t>(filters);
  s.rank = static_cast<size_t>(rank);
  s.units = s.filters / s.rank;
  s.memory = static_cast<size_t>(ctx.input(2).dim(1));
  s.activation = options.fused_activation_function();
  s.asymmetric = options.asymmetric_quantize_inputs();
  if (input.dtype == DType::kInt8)
    WHYZERO_TRY(prepare_integers(ctx, s));
  else
    WHYZERO_TRY(prepare_floats(ctx, s));
  return ctx.resize_output(0, {input.dim(0), static_cast<int32_t>(s.units)});
}

/// Drops the oldest value of every filter and puts `now` at the end.
template <class T>
void remember(T* state, size_t memory, T now) {
  std::copy(state + 1, state + memory, state);
  state[memory - 1] = now;
}

void eval_floats(Context& ctx, State& s) {
  for (size_t b = 0; b < s.batch; ++b) {
    float* state = ctx.variable(4).as<float>() + b * s.filters * s.memory;
    std::fill(s.now.begin(), s.now.end(), 0.0f);
    accumulate(s.feature, ctx.input(0).as<float>() + b * s.inputs, s.asymmetric, s.row, s.now.data());
    for (size_t f = 0; f < s.filters; ++f) remember(state + f * s.memory, s.memory, s.now[f]);
    for (size_t u = 0; u < s.units; ++u) {
      float sum = s.bias ? s.bias[u] : 0.0f;
      for (size_t f = u * s.rank; f < (u + 1) * s.rank; ++f) {
        float part = 0.0f;
        for (size_t t = 0; t < s.memory; ++t) part += s.time[f * s.memory + t] * state[f * s.memory + t];
        sum += part;
      }
      ctx.output(0).as<float>()[b * s.units + u] = activated(sum, s.activation);
    }
  }
}

void eval_integers(Context& ctx, const State& s) {
  const int32_t input_zero = ctx.input(0).zero_point(), output_zero = ctx.output(0).zero_point();
  const int8_t* feature = ctx.input(1).as<int8_t>();
  const int16_t* time = ctx.input(2).as<int16_t>();
  for (size_t b = 0; b < s.batch; ++b) {
    const int8_t* in = ctx.input(0).as<int8_t>() + b * s.inputs;
    int16_t* state = ctx.variable(4).as<int16_t>() + b * s.filters * s.memory;
    for (size_t f = 0; f < s.filters; ++f) {
      int64_t sum = 0;
      for (size_t k = 0; k < s.inputs; ++k) sum += feature[f * s.inputs + k] * (in[k] - input_zero);
      const int32_t scaled = multiply(static_cast<int32_t>(sum), s.to_state);
      remember(state + f * s.memory, s.memory, static_cast<int16_t>(std::clamp(scaled, -32768, 32767)));
    }
    for (size_t u = 0; u < s.units; ++u) {
      int64_t sum = ctx.has_input(3) ? ctx.input(3).as<int32_t>()[u] : 0;
      for (size_t k = u * s.rank * s.memory; k < (u + 1) * s.rank * s.memory; ++k) sum += int32_t{time[k]} * state[k];
      const int64_t value = int64_t{multiply(static_cast<int32_t>(sum), s.to_output)} + output_zero;
      // RELU is a clamp to the type: the converter puts the zero point at the lower end.
      ctx.output(0).as<int8_t>()[b * s.units + u] = static_cast<int8_t>(std::clamp<int64_t>(value, -128, 127));
    }
  }
}

Result<void> eval(Context& ctx) {
  if (has_computed_weights(ctx, {4})) WHYZERO_TRY(prepare(ctx));
  auto& s = ctx.state<State>();
  if (ctx.input(0).dtype == DType::kInt8)
    eval_integers(ctx, s);
  else
    eval_floats(ctx, s);
  return {};
}

}  // namespace

extern constinit const Operator unit_svdf{
    .name = "SVDF", .builtin = schema::BuiltinOperator_SVDF, .max_version = 4, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
