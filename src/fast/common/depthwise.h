// The sums of a depthwise convolution (multiplier 1), one line of the output at a time, in the order of the reference. Vectors
// run along the channels; several pixels share the weights they load.
#pragma once

#include "fast/common/isa.h"
#include "ops/common/convolution.h"

namespace whyzero::fast {

/// T is float, or int32_t for 8-bit values and weights less their zero points.
template <class T>
struct DepthwiseLine {
  const ops::ConvGeometry* geometry = nullptr;
  const T* in = nullptr;      // rows of the batch; row y is at y % in_rows
  size_t in_rows = 0;
  const T* filter = nullptr;  // [taps][channels]
  T* sums = nullptr;          // [width][channels]
  // Floats: added to the sums, which are then clamped.
  const float* bias = nullptr;
  ops::Range<float> range{};
};

template <class T>
using DepthwiseRun = void (*)(const DepthwiseLine<T>& line, int32_t y);
template <class T>
DepthwiseRun<T> depthwise_run();

}  // namespace whyzero::fast
