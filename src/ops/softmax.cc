// SOFTMAX: e^(beta x) over their sum along the last axis. int8 and uint8 in floats, rounded; int16 by tables of e^x and 1 / (1 +
// x).
#include <cmath>

#include "ops/common/elementwise.h"

namespace whyzero::ops {
namespace {

struct State {
  size_t rows = 0, depth = 0;
  float beta = 1.0f;
  FunctionTable exponential, reciprocal;  // int16
  Multiplier to_table;
  std::vector<float> row;
};

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(1, 1, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  const Tensor& input = ctx.input(0);
  const Tensor& output = ctx.output(0);
  WHYZERO_TRY(ctx.expect_dtype(input, {DType::kFloat32, DType::kFloat16, DType::kInt8, DType::kUInt8, DType::kInt16}));
  WHYZERO_TRY(ctx.expect_rank(input, 1, 8));
  if (input.dtype == DType::kInt8 || input.dtype == DType::kUInt8)
    WHYZERO_TRY(ctx.expect_dtype(output, {input.dtype, DType::kInt16}));
  else
    WHYZERO_TRY(ctx.expect_same_dtype(input, output));
  auto& s = ctx.make_state<State>();
  s.depth = static_cast<size_t>(input.shape.back());
  s.rows = s.depth == 0 ? 0 : input.elements() / s.depth;
  s.beta = ctx.options<schema::SoftmaxOptions>().beta();
  s.row.resize(s.depth);
  if (!dtype_is_float(input.dtype)) WHYZERO_TRY(expect_quantized_both(ctx));
  if (input.dtype == DType::kInt16) {
    // Differences to the maximum are brought to [-10, 0] on 16 bits, the table's domain; sums less 1 to [0, 1].
    s.exponential = make_table_between(-10.0, 0.0, -1.0, 1.0, [](double x) { return std::exp(x); });
    s.reciprocal = make_table_between(0.0, 1.0, -1.0, 1.0, [](double x) { return 1.0 / (1.0 + x); });
    s.to_table = multiplier_from_real(static_cast<double>(input.scale()) * static_cast<double>(s.beta) / (10.0 / 65535.0));
  }
  return ctx.resize_output(0, input.shape);
}

void soften(std::vector<float>& row, float beta) {
  float largest = std::numeric_limits<float>::lowest(), sum = 0.0f;
  for (float x : row) largest = std::max(largest, x);
  for (float& x : row) sum += x = std::exp((x - largest) * beta);
  for (float& x : row) x /= sum;
}

template <class T>
void eval_float(Context& ctx, State& s) {
  for (size_t r = 0; r < s.rows; ++r) {
    const T* in = ctx.input(0).as<T>() + r * s.depth;
    for (size_t k = 0; k < s.depth; ++k) s.row[k] = static_cast<float>(in[k]);
    soften(s.row, s.beta);
    for (size_t k = 0; k < s.depth; ++k) ctx.output(0).as<T>()[r * s.depth + k] = T(s.row[k]);
  }
}

template <class In, class Out>
void eval_bytes(Context& ctx, State& s) {
  const Tensor& input = ctx.input(0);
  const Tensor& output = ctx.output(0);
  const Range<int32_t> range = storage_range(output.dtype);
  for (size_t r = 0; r < s.rows; ++r) {
    const In* in = input.as<In>() + r * s.depth;
    In largest = std::numeric_limits<In>::lowest();
    for (size_t k = 0; k < s.depth; ++k) largest = std::max(largest, in[k]);
    float sum = 0.0f;
    for (size_t k = 0; k < s.depth; ++k)
      sum += s.row[k] = std::exp(-input.scale() * s.beta * static_cast<float>(largest - in[k]));
    // uint8 means 256ths whatever the output's scale and zero point say: the official kernel does not look at them.
    const float inverse = 1.0f / (sum * (output.dtype == DType::kUInt8 ? 1.0f / 256 : output.scale()));
    for (size_t k = 0; k < s.depth; ++k) {
      const int64_t q = output.dtype == DType::kUInt8 ? int64_t{saturating_round(std::floor(s.row[k] * inverse + 0.5f))}
                                                      : int64_t{saturating_round(s.row[k] * inverse)} + output.zero_point();
      ctx.output(0).as<Out>()[r * s.depth + k] = static_cast<Out>(std::clamp<int64_t>(q, range.low, range.high));
    }
  }
}

void eval_int16(Context& ctx, const State& s) {
  std::vector<int16_t> exponentials(s.depth);
  for (size_t r = 0; r < s.rows; ++r) {
    const int16_t* in = ctx.input(0).as<int16_t>() + r * s.depth;
    int16_t* out = ctx.output(0).as<int16_t>() + r * s.depth;
    int16_t largest = -32768;
    for (size_t k = 0; k < s.depth; ++k) largest = std::max(largest, in[k]);
    int64_t sum = 0;
    for (size_t k = 0; k < s.depth; ++k) {
      const int32_t scaled = multiply(int32_t{in[k]} - largest, s.to_table);
      const int64_t centred = int64_t{scaled} + 32767;
      exponentials[k] = look_up(s.exponential.points, static_cast<int16_t>(std::clamp<int64_t>(centred, -32768, 32767)));
      sum += exponentials[k];
    }
    // The sum is 2^(15 - headroom) times 1 + a, a in [0, 1) on 16 bits.
    const auto narrow = static_cast<uint32_t>(std::min<int64_t>(sum, std::numeric_limits<int32_t>::max()));
    const int headroom = std::countl_zero(narrow);
    const int64_t fraction = (((static_cast<int64_t>(narrow) << (headroom - 1)) + (1 << 13)) >> 14) - (int64_t{1} << 16);
    const auto index = static_cast<int16_t>(std::clamp<int64_t>(fraction - 32768, -32768, 32767));
    const int16_t inverse = look_up(s.reciprocal.points, index);
    const int shift = 31 - headroom;
    for (size_t k = 0; k < s.depth; ++k) {
      const int64_t product = int64_t{exponentials[k]} * inverse;
      const int64_t rounded = (product + (int64_t{1} << (shift - 1))) >> shift;
      out[k] = static_cast<int16_t>(std::clamp<int64_t>(rounded, 0, 32767));
    }
  }
}

Result<void> eval(Context& ctx) {
  auto& s = ctx.state<State>();
  switch (ctx.input(0).dtype) {
    case DType::kUInt8:
      if (ctx.output(0).dtype == DType::kUInt8)
        eval_bytes<uint8_t, uint8_t>(ctx, s);
      else
        eval_bytes<uint8_t, int16_t>(ctx, s);
      break;
    case DType::kInt8:
      if (ctx.output(0).dtype == DType::kInt8)
        eval_bytes<int8_t, int8_t>(ctx, s);
      else
        eval_bytes<int8_t, int16_t>(ctx, s);
      break;
    case DType::kInt16:
      eval_int16(ctx, s);
      break;
    case DType::kFloat16:
      eval_float<Half>(ctx, s);
      break;
    default:
      eval_float<float>(ctx, s);
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_softmax{
    .name = "SOFTMAX", .builtin = schema::BuiltinOperator_SOFTMAX, .max_version = 4, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
