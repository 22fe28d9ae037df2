// Checks of weights and states, and the product of a matrix and a vector.
#include "ops/common/recurrent.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "graph/options.h"

namespace whyzero::ops {

bool has_computed_weights(const Context& ctx, std::initializer_list<int> others) {
  for (int k = 1; k < ctx.inputs(); ++k)
    if (ctx.has_input(k) && !ctx.input(k).constant && std::find(others.begin(), others.end(), k) == others.end()) return true;
  return false;
}

Result<void> expect_elements(const Context& ctx, int k, size_t elements, DType dtype, bool constant) {
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(k), {dtype}));
  if (constant && !ctx.input(k).constant && dtype != DType::kFloat32)
    return ctx.error(ErrorCode::kUnsupported,
                     fmt::format("input {} ({}) is computed; only a constant is supported here", k, ctx.input(k).label()));
  if (ctx.input(k).elements() == elements) return {};
  return ctx.error(ErrorCode::kMalformed, fmt::format("input {} ({}) has {} elements, expected {}", k, ctx.input(k).label(),
                                                      ctx.input(k).elements(), elements));
}

Result<void> read_matrix(const Context& ctx, int k, size_t rows, size_t columns, WeightMatrix& matrix) {
  WHYZERO_TRY(ctx.expect_input(k));
  const Tensor& weights = ctx.input(k);
  WHYZERO_TRY(ctx.expect_dtype(weights, {DType::kFloat32, DType::kInt8, DType::kUInt8}));
  WHYZERO_TRY(ctx.expect_rank(weights, 2, 2));
  if (static_cast<size_t>(weights.dim(0)) != rows || static_cast<size_t>(weights.dim(1)) != columns)
    return ctx.error(ErrorCode::kMalformed, fmt::format("weights {} are [{},{}], expected [{},{}]", weights.label(),
                                                        weights.dim(0), weights.dim(1), rows, columns));
  if (!weights.constant && weights.dtype != DType::kFloat32)
    return ctx.error(ErrorCode::kUnsupported,
                     fmt::format("weights {} are computed; only floats and constants are supported here", weights.label()));
  matrix = {nullptr, nullptr, 1.0f, rows, columns};
  if (weights.dtype == DType::kFloat32) {
    matrix.real = weights.as<float>();
  } else {
    // uint8 is the spelling of old files for int8.
    if (weights.dtype == DType::kInt8)
      WHYZERO_TRY(ctx.expect_quantized(weights));
    else if (!weights.quantization->present())
      return ctx.error(ErrorCode::kQuantizationMissing, fmt::format("weights {} have no scale", weights.label()));
    matrix.quantized = weights.as<int8_t>();
    matrix.scale = weights.scale();
  }
  return {};
}

Result<void> expect_state(const Context& ctx, int k, size_t elements) {
  WHYZERO_TRY(ctx.expect_input(k));
  WHYZERO_TRY(expect_elements(ctx, k, elements, DType::kFloat32, false));
  if (!ctx.input(k).constant) return {};
  return ctx.error(ErrorCode::kMalformed,
                   fmt::format("state {} is a constant and cannot change; it must be a variable tensor", ctx.input(k).label()));
}

float activated(float x, int activation) {
  switch (activation) {
    // NaN becomes the lower limit: the order of the arguments matters.
    case schema::ActivationFunctionType_RELU:
      return std::max(0.0f, x);
    case schema::ActivationFunctionType_RELU_N1_TO_1:
      return std::max(-1.0f, std::min(x, 1.0f));
    case schema::ActivationFunctionType_RELU6:
      return std::max(0.0f, std::min(x, 6.0f));
    case schema::ActivationFunctionType_TANH:
      return std::tanh(x);
    case schema::ActivationFunctionType_SIGN_BIT:
      return std::signbit(x) ? 1.0f : 0.0f;
    default:
      return x;
  }
}

void accumulate(const WeightMatrix& m, const float* x, bool asymmetric, std::vector<int8_t>& scratch, float* out) {
  if (!m) return;
  QuantizedRow row;
  if (m.quantized) {
    scratch.resize(m.columns);
    row = quantize_row({x, m.columns}, asymmetric, scratch.data());
  }
  for (size_t r = 0; r < m.rows; ++r) {
    if (m.real) {
      float sum = 0.0f;
      for (size_t c = 0; c < m.columns; ++c) sum += m.real[r * m.columns + c] * x[c];
      out[r] += sum;
    } else {
      int64_t sum = 0;
      for (size_t c = 0; c < m.columns; ++c) sum += m.quantized[r * m.columns + c] * (scratch[c] - row.zero_point);
      out[r] += static_cast<float>(sum) * (row.scale * m.scale);
    }
  }
}

}  // namespace whyzero::ops
