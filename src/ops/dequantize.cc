// DEQUANTIZE: integers (by scale and zero point, of the tensor or of each channel) and float16 to float32.
#include <fmt/format.h>

#include "graph/options.h"
#include "numerics/half.h"
#include "ops/common/quantized.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(1, 1, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  const Tensor& input = ctx.input(0);
  WHYZERO_TRY(ctx.expect_dtype(input, {DType::kInt8, DType::kUInt8, DType::kInt16, DType::kInt4, DType::kInt2, DType::kFloat16}));
  WHYZERO_TRY(ctx.expect_dtype(ctx.output(0), {DType::kFloat32}));
  if (input.dtype != DType::kFloat16) {
    const int axis = input.quantization->axis;
    if (input.quantization->per_channel() && (axis < 0 || axis >= input.rank()))
      return ctx.error(ErrorCode::kQuantizationInvalid,
                       fmt::format("input {} has scales along dimension {}, which it lacks", input.label(), axis));
    WHYZERO_TRY(ctx.expect_quantized(input, input.quantization->per_channel() ? input.dim(axis) : 0));
  }
  return ctx.resize_output(0, input.shape);
}

template <class T>
void dequantize(const T* in, const Tensor& input, float* out) {
  const graph::Quantization& q = *input.quantization;
  size_t inner = 1;  // elements of one channel that lie together
  for (int d = q.axis + 1; d < input.rank(); ++d) inner *= static_cast<size_t>(input.dim(d));
  for (size_t k = 0, count = input.elements(); k < count; ++k) {
    const size_t channel = q.per_channel() ? k / inner % q.scales.size() : 0;
    out[k] = q.scales[channel] * static_cast<float>(in[k] - static_cast<int32_t>(q.zero_points[channel]));
  }
}

Result<void> eval(Context& ctx) {
  const Tensor& input = ctx.input(0);
  float* out = ctx.output(0).as<float>();
  switch (input.dtype) {
    case DType::kFloat16:
      for (size_t k = 0; k < input.elements(); ++k) out[k] = float_from_half(input.as<uint16_t>()[k]);
      break;
    case DType::kInt8:
      dequantize(input.as<int8_t>(), input, out);
      break;
    case DType::kUInt8:
      dequantize(input.as<uint8_t>(), input, out);
      break;
    case DType::kInt16:
      dequantize(input.as<int16_t>(), input, out);
      break;
    default:
      dequantize(unpacked(input).data(), input, out);
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_dequantize{
    .name = "DEQUANTIZE", .builtin = schema::BuiltinOperator_DEQUANTIZE, .max_version = 9, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
