// CONV_2D and DEPTHWISE_CONV_2D differ in geometry and inner loop only: their common contract and evaluation.
#pragma once

#include "ops/common/convolve.h"
#include "ops/common/weights.h"

namespace whyzero::ops {

struct ConvState {
  ConvGeometry geometry;
  Requantization requantize;  // integer outputs
  Range<float> range{};       // float outputs
  bool depthwise = false;
  bool per_channel = false;      // hybrid: asymmetric activations go with scales per channel
  std::vector<int8_t> unpacked;  // int4 filters
};

/// Types, bias and quantization; `state.geometry` is set already. `axis`: where the filter's scales lie.
Result<void> prepare_convolution(Context& ctx, ConvState& state, int axis, int activation);
Result<void> eval_convolution(Context& ctx);

}  // namespace whyzero::ops
