// Multipliers, biases and hybrid quantization of layers with weights.
#include "ops/common/weights.h"

#include <fmt/format.h>

namespace whyzero::ops {

Result<Requantization> requantization(const Context& ctx, const Tensor& input, const Tensor& filter, const Tensor& output,
                                      int channels, int axis, int activation, bool single_product) {
  WHYZERO_TRY(ctx.expect_quantized(input));
  WHYZERO_TRY(ctx.expect_quantized(filter, channels));
  WHYZERO_TRY(ctx.expect_quantized(output));
  if (filter.quantization->scales.size() > 1) {
    if (filter.quantization->axis != axis)
      return ctx.error(ErrorCode::kQuantizationInvalid, fmt::format("the scales of filter {} lie along axis {}, expected {}",
                                                                    filter.label(), filter.quantization->axis, axis));
    WHYZERO_TRY(ctx.expect_zero_point(filter, 0));
  }
  Requantization result;
  for (float scale : channel_scales(filter, channels)) {
    const double product = single_product ? static_cast<double>(input.scale() * scale)
                                          : static_cast<double>(input.scale()) * static_cast<double>(scale);
    result.channel.push_back(multiplier_from_real(product / static_cast<double>(output.scale())));
  }
  result.zero_point = output.zero_point();
  WHYZERO_ASSIGN(result.range, quantized_activation_range(ctx, activation, output));
  return result;
}

Result<void> check_bias(const Context& ctx, const Tensor& bias, int channels, std::initializer_list<DType> allowed) {
  WHYZERO_TRY(ctx.expect_dtype(bias, allowed));
  if (bias.elements() == static_cast<size_t>(channels)) return {};
  return ctx.error(ErrorCode::kMalformed, fmt::format("bias {} has {} elements, expected one for each of {} output channels",
                                                      bias.label(), bias.elements(), channels));
}

std::vector<int64_t> integer_bias(const Context& ctx, int k, int channels) {
  std::vector<int64_t> values(static_cast<size_t>(channels), 0);
  if (!ctx.has_input(k)) return values;
  const Tensor& bias = ctx.input(k);
  for (size_t c = 0; c < values.size(); ++c)
    values[c] = bias.dtype == DType::kInt64 ? bias.as<int64_t>()[c] : bias.as<int32_t>()[c];
  return values;
}

std::vector<float> channel_scales(const Tensor& filter, int channels) {
  const std::vector<float>& scales = filter.quantization->scales;
  if (scales.size() == static_cast<size_t>(channels)) return scales;
  return std::vector<float>(static_cast<size_t>(channels), filter.scale());
}

const int8_t* filter_values(const Tensor& filter, std::vector<int8_t>& storage) {
  if (filter.dtype == DType::kInt8) return filter.as<int8_t>();
  storage = unpacked(filter);
  return storage.data();
}

QuantizedRow quantize_row(std::span<const float> values, bool asymmetric, int8_t* out) {
  float low = 0.0f, high = 0.0f;
  for (float v : values) {
    low = std::min(low, v);
    high = std::max(high, v);
  }
  auto store = [&](float inverse, int32_t zero_point, double least) {
    for (size_t k = 0; k < values.size(); ++k) {
      const double q = static_cast<double>(saturating_round(asymmetric ? zero_point + values[k] * inverse : values[k] * inverse));
      out[k] = static_cast<int8_t>(std::clamp(q, least, 127.0));
    }
  };
  if (!asymmetric) {
    const float largest = std::max(-low, high);
    if (!(largest > 0.0f)) {
      std::fill_n(out, values.size(), int8_t{0});
      return {};
    }
    store(127.0f / largest, 0, -127.0);
    return {largest / 127.0f, 0};
  }
  if (low == high) {
    std::fill_n(out, values.size(), int8_t{0});
    return {};
  }
  const double scale = (static_cast<double>(high) - static_cast<double>(low)) / 255.0;
  // Of the two ends, the zero point comes from the one that represents 0 with the smaller error.
  const double from_low = -128.0 - low / scale, from_high = 127.0 - high / scale;
  const double error_low = 128.0 + std::abs(low / scale), error_high = 127.0 + std::abs(high / scale);
  const double wanted = error_low < error_high ? from_low : from_high;
  const int32_t zero_point = std::clamp(saturating_round(wanted), -128, 127);
  store(1.0f / static_cast<float>(scale), zero_point, -128.0);
  return {static_cast<float>(scale), zero_point};
}

}  // namespace whyzero::ops
