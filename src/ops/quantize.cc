// QUANTIZE: floats to integers, or integers of one scale to another.
#include "graph/options.h"
#include "ops/common/dispatch.h"
#include "ops/common/quantized.h"
#include "ops/common/scratch.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(1, 1, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  const Tensor& input = ctx.input(0);
  const Tensor& output = ctx.output(0);
  WHYZERO_TRY(ctx.expect_dtype(input, {DType::kFloat32, DType::kInt8, DType::kUInt8, DType::kInt16, DType::kInt32}));
  if (input.dtype == DType::kFloat32)
    WHYZERO_TRY(ctx.expect_dtype(output, {DType::kInt8, DType::kUInt8, DType::kInt16, DType::kInt32, DType::kInt4}));
  else
    WHYZERO_TRY(ctx.expect_dtype(output, {DType::kInt8, DType::kUInt8, DType::kInt16, DType::kInt32}));
  const graph::Quantization& q = *output.quantization;
  const bool channels = q.per_channel() && input.dtype == DType::kFloat32 && q.axis >= 0 && q.axis < input.rank();
  WHYZERO_TRY(ctx.expect_quantized(output, channels ? input.dim(q.axis) : 0));
  if (input.dtype != DType::kFloat32) {
    WHYZERO_TRY(ctx.expect_quantized(input));
    ctx.make_state<Multiplier>() = multiplier_from_real(static_cast<double>(input.scale()) / static_cast<double>(output.scale()));
  }
  return ctx.resize_output(0, input.shape);
}

/// What the reference's cast gives: INT32_MIN for NaN and everything out of range.
int32_t cast(float x) { return x >= -0x1p31f && x < 0x1p31f ? static_cast<int32_t>(x) : std::numeric_limits<int32_t>::min(); }

template <class Out>
void quantize(const Tensor& input, const Tensor& output, Out* out) {
  const Range<int32_t> range = storage_range(output.dtype);
  const graph::Quantization& q = *output.quantization;
  const float* in = input.as<float>();
  size_t inner = 1;  // elements of one channel that lie together
  for (int d = q.axis + 1; d < input.rank(); ++d) inner *= static_cast<size_t>(input.dim(d));
  for (size_t k = 0, count = input.elements(); k < count; ++k) {
    const size_t c = q.per_channel() ? k / inner % q.scales.size() : 0;
    const auto shifted = static_cast<uint32_t>(cast(std::round(in[k] / q.scales[c]))) + static_cast<uint32_t>(q.zero_points[c]);
    out[k] = static_cast<Out>(std::clamp(static_cast<int32_t>(shifted), range.low, range.high));
  }
}

Result<void> eval(Context& ctx) {
  const Tensor& input = ctx.input(0);
  Tensor& output = ctx.output(0);
  if (output.dtype == DType::kInt4) {
    WHYZERO_ASSIGN(auto values, scratch<int8_t>(ctx, input.elements()));
    quantize(input, output, values.data());
    pack(values, output);
    return {};
  }
  const Range<int32_t> range = storage_range(output.dtype);
  dispatch(output.dtype, Types<int8_t, uint8_t, int16_t, int32_t>{}, [&]<class Out>() {
    Out* out = output.as<Out>();
    if (input.dtype == DType::kFloat32) return quantize(input, output, out);
    dispatch(input.dtype, Types<int8_t, uint8_t, int16_t, int32_t>{}, [&]<class In>() {
      const Multiplier factor = ctx.state<Multiplier>();
      const In* in = input.as<In>();
      for (size_t k = 0, count = input.elements(); k < count; ++k) {
        const int64_t stored =
            int64_t{multiply(static_cast<int32_t>(int64_t{in[k]} - input.zero_point()), factor)} + output.zero_point();
        out[k] = static_cast<Out>(std::clamp<int64_t>(stored, range.low, range.high));
      }
    });
  });
  return {};
}

}  // namespace

extern constinit const Operator unit_quantize{
    .name = "QUANTIZE", .builtin = schema::BuiltinOperator_QUANTIZE, .max_version = 6, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
