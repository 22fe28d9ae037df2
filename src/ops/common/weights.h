// What convolutions and fully-connected layers share: multipliers of their output channels, biases, and the quantization of
// float activations for int8 or int4 weights ("hybrid").
#pragma once

#include <span>
#include <vector>

#include "ops/common/quantized.h"
#include "ops/operator.h"

namespace whyzero::ops {

/// How an integer accumulator becomes an output value.
struct Requantization {
  std::vector<Multiplier> channel;  // one an output channel
  int32_t zero_point = 0;
  Range<int32_t> range{};
  enum Rounding {
    kTwice,   // 32-bit accumulators
    kOnce,    // fully-connected layers
    kShort,   // convolutions with int16 activations: 64-bit accumulators, 16 bits of the multiplier
    kHalfUp,  // fully-connected layers with int16 activations and an int32 bias: as kTwice, but ties of the shift go up
  } rounding = kTwice;

  int32_t scaled(int64_t accumulator, size_t c) const {
    switch (rounding) {
      // 32-bit accumulators of the reference wrap; narrowing does the same without overflowing on the way.
      case kTwice:
        return multiply(static_cast<int32_t>(accumulator), channel[c]);
      case kOnce:
        return multiply_rounding_once(accumulator, channel[c]);
      case kHalfUp:
        return multiply_half_up(static_cast<int32_t>(accumulator), channel[c]);
      default:
        return multiply(accumulator, channel[c]);
    }
  }
  int32_t operator()(int64_t accumulator, size_t c) const {
    const int64_t shifted = int64_t{scaled(accumulator, c)} + zero_point;
    return static_cast<int32_t>(std::clamp<int64_t>(shifted, range.low, range.high));
  }
};

/// input scale * filter scale / output scale, one a channel. Checks the three tensors' quantization, whose scales of the filter
/// lie along `axis`. `single_product`: the two scales are multiplied in single precision, as the reference does where it has one
/// multiplier for all channels.
Result<Requantization> requantization(const Context& ctx, const Tensor& input, const Tensor& filter, const Tensor& output,
                                      int channels, int axis, int activation, bool single_product);

/// A bias has one element an output channel and, for integers, the accumulator's type (int32, or int64 where `wide`).
Result<void> check_bias(const Context& ctx, const Tensor& bias, int channels, std::initializer_list<DType> allowed);
/// The integer bias as int64, or zeros.
std::vector<int64_t> integer_bias(const Context& ctx, int k, int channels);
/// The float bias, or null.
inline const float* float_bias(const Context& ctx, int k) { return ctx.has_input(k) ? ctx.input(k).as<float>() : nullptr; }

/// Scales of a filter's channels: as many as `channels`, the one scale repeated where there is only one.
std::vector<float> channel_scales(const Tensor& filter, int channels);
/// The filter's bytes, unpacked where it is int4 or int2 (into `storage`).
const int8_t* filter_values(const Tensor& filter, std::vector<int8_t>& storage);

/// Float activations as int8: real = (q - zero_point) * scale.
struct QuantizedRow {
  float scale = 1.0f;
  int32_t zero_point = 0;
};
/// Symmetric: [-127, 127], zero point 0. Asymmetric: [-128, 127] covering 0.
QuantizedRow quantize_row(std::span<const float> values, bool asymmetric, int8_t* out);

}  // namespace whyzero::ops
