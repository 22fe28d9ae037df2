// Contract and step of the basic integer LSTM cell. Its scales are fixed: values are 128ths around 128, the cell state has four
// digits before the point, gates have three.
#include "ops/common/lstm_basic.h"

#include <fmt/format.h>

#include "numerics/fixed_point16.h"

namespace whyzero::ops {
namespace {

constexpr int32_t kZero = 128;
constexpr float kValueScale = 1.0f / 128.0f, kStateScale = 1.0f / 2048.0f;
enum Gate : size_t { kInput, kValue, kForget, kOutput };

int16_t saturate16(int64_t x) { return static_cast<int16_t>(std::clamp<int64_t>(x, -32768, 32767)); }

Result<void> expect_scale(const Context& ctx, const Tensor& tensor, float scale, int32_t zero_point) {
  WHYZERO_TRY(ctx.expect_quantized(tensor));
  if (tensor.scale() == scale && tensor.zero_point() == zero_point) return {};
  return ctx.error(ErrorCode::kQuantizationInvalid,
                   fmt::format("tensor {} has scale {} and zero point {}; the basic LSTM of uint8 needs {} and {}", tensor.label(),
                               tensor.scale(), tensor.zero_point(), scale, zero_point));
}

}  // namespace

Result<void> prepare_basic_integers(Context& ctx, BasicLstmCell& cell) {
  for (int k : {0, 1, 2}) WHYZERO_TRY(ctx.expect_dtype(ctx.input(k), {DType::kUInt8}));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(3), {DType::kInt32}));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(4), {DType::kInt16}));
  for (int k : {0, 2}) WHYZERO_TRY(ctx.expect_dtype(ctx.output(k), {DType::kUInt8}));
  for (int k : {1, 3}) WHYZERO_TRY(ctx.expect_dtype(ctx.output(k), {DType::kInt16}));
  for (int k : {0, 1}) WHYZERO_TRY(expect_scale(ctx, ctx.input(k), kValueScale, kZero));
  WHYZERO_TRY(expect_scale(ctx, ctx.output(0), kValueScale, kZero));
  WHYZERO_TRY(expect_scale(ctx, ctx.input(4), kStateScale, 0));
  WHYZERO_TRY(expect_scale(ctx, ctx.output(1), kStateScale, 0));
  WHYZERO_TRY(ctx.expect_quantized(ctx.input(2)));
  WHYZERO_TRY(ctx.expect_quantized(ctx.input(3)));
  cell.factor = multiplier_from_real(4096.0 * static_cast<double>(ctx.input(3).scale()));
  return {};
}

void step_basic_integers(Context& ctx, const BasicLstmCell& cell) {
  const size_t units = cell.units, width = cell.inputs + units;
  const uint8_t* weights = ctx.input(2).as<uint8_t>();
  const int32_t* bias = ctx.input(3).as<int32_t>();
  const int32_t weight_zero = ctx.input(2).zero_point();
  for (size_t b = 0; b < cell.batch; ++b) {
    uint8_t* joined = ctx.output(2).as<uint8_t>() + b * width;
    std::copy_n(ctx.input(0).as<uint8_t>() + b * cell.inputs, cell.inputs, joined);
    std::copy_n(ctx.input(1).as<uint8_t>() + b * units, units, joined + cell.inputs);
    int16_t* gates = ctx.output(3).as<int16_t>() + b * 4 * units;
    for (size_t r = 0; r < 4 * units; ++r) {
      int64_t sum = bias[r];
      for (size_t c = 0; c < width; ++c) sum += (joined[c] - kZero) * (weights[r * width + c] - weight_zero);
      gates[r] = saturate16(multiply_half_up(static_cast<int32_t>(sum), cell.factor));
    }
    auto gate = [&](Gate g, size_t k) { return gates[g * units + k]; };
    for (size_t k = 0; k < units; ++k) {
      const int16_t added = doubling_high_multiply(logistic_fixed16(gate(kInput, k)), tanh_fixed16(gate(kValue, k), 3));
      const int16_t kept = doubling_high_multiply(logistic_fixed16(gate(kForget, k)), ctx.input(4).as<int16_t>()[b * units + k]);
      const int16_t state = saturate16(int64_t{divide_by_power_of_two(added, 4)} + kept);
      ctx.output(1).as<int16_t>()[b * units + k] = state;
      const int16_t value = doubling_high_multiply(logistic_fixed16(gate(kOutput, k)), tanh_fixed16(state, 4));
      const int32_t stored = std::clamp(divide_by_power_of_two(value, 8), -128, 127) + kZero;
      ctx.output(0).as<uint8_t>()[b * units + k] = static_cast<uint8_t>(stored);
    }
  }
}

}  // namespace whyzero::ops
