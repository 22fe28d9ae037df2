// The loops of two-dimensional convolutions, for any element type. Tensors are NHWC, filters OHWI (depthwise: 1HWC).
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "ops/common/window.h"

namespace whyzero::ops {

/// Sum of (x + x_offset) * (w + w_offset) over the channels of one pixel. Of bytes a product fits 32 bits, and so do sums of kBytes of them, at a
/// quarter of what 64 bits cost; real numbers are added in their order, in `sum` itself. Offsets
/// are zero points, which prepare() holds to the range of their type.
template <class Sum, class In, class Weight>
void add_products(Sum& sum, const In* x, Sum x_offset, const Weight* w, Sum w_offset, size_t count) {
  if constexpr (std::is_integral_v<Sum> && sizeof(In) == 1 && sizeof(Weight) == 1) {
    constexpr size_t kBytes = 16384;
    const auto x0 = static_cast<int32_t>(x_offset), w0 = static_cast<int32_t>(w_offset);
    for (size_t begin = 0; begin < count; begin += kBytes) {
      int32_t part = 0;
      for (size_t k = begin; k < std::min(count, begin + kBytes); ++k) part += static_cast<int16_t>(x[k] + x0) * static_cast<int16_t>(w[k] + w0);
      sum += part;
    }
  } else {
    for (size_t k = 0; k < count; ++k) sum += (static_cast<Sum>(x[k]) + x_offset) * (static_cast<Sum>(w[k]) + w_offset);
  }
}

/// Output channels that are summed side by side, so that no addition waits for the one before it.
inline constexpr size_t kSideBySide = 8;

/// The same for the weights of several output channels, `stride` apart; every sum keeps its order. Real numbers have no offsets.
template <class Sum, class In, class Weight>
void add_products_of_channels(Sum (&sums)[kSideBySide], size_t channels, const In* x, Sum x_offset, const Weight* w, Sum w_offset, size_t count, size_t stride) {
  if (std::is_integral_v<Sum> || channels < kSideBySide) {
    for (size_t c = 0; c < channels; ++c) add_products(sums[c], x, x_offset, w + c * stride, w_offset, count);
    return;
  }
  Sum own[kSideBySide];  // which no pointer reaches, so that they stay in registers
  std::copy_n(sums, kSideBySide, own);
  for (size_t k = 0; k < count; ++k) {
    const Sum value = static_cast<Sum>(x[k]);
    for (size_t c = 0; c < kSideBySide; ++c) own[c] += value * static_cast<Sum>(w[c * stride + k]);
  }
  std::copy_n(own, kSideBySide, sums);
}

struct ConvGeometry {
  size_t batches = 0;
  WindowAxis y, x;
  size_t in_channels = 0, out_channels = 0;
  size_t group_in = 0, group_out = 0;  // channels of one group; all of them where the convolution is not grouped

  size_t inputs() const { return static_cast<size_t>(y.in) * static_cast<size_t>(x.in) * in_channels; }
  size_t outputs() const { return static_cast<size_t>(y.out) * static_cast<size_t>(x.out) * out_channels; }
};

/// Sum over the window of (input + in_offset) * (weight + weight_offset) for the one batch at `in`; padding counts nothing.
/// emit(index of output, channel, sum).
template <class Sum, class In, class Weight, class Emit>
void convolve(const ConvGeometry& g, const In* in, Sum in_offset, const Weight* filter, Sum weight_offset, Emit&& emit) {
  const size_t taps = static_cast<size_t>(g.y.filter) * static_cast<size_t>(g.x.filter);
  size_t index = 0;
  for (int32_t oy = 0; oy < g.y.out; ++oy)
    for (int32_t ox = 0; ox < g.x.out; ++ox)
      for (size_t c = 0, channels = 0; c < g.out_channels; c += channels) {
        channels = std::min(kSideBySide, g.group_out - c % g.group_out);
        const size_t first_in = c / g.group_out * g.group_in;
        Sum sums[kSideBySide] = {};
        for (int32_t fy = 0; fy < g.y.filter; ++fy) {
          const int32_t iy = oy * g.y.stride - g.y.pad + fy * g.y.dilation;
          if (iy < 0 || iy >= g.y.in) continue;
          for (int32_t fx = 0; fx < g.x.filter; ++fx) {
            const int32_t ix = ox * g.x.stride - g.x.pad + fx * g.x.dilation;
            if (ix < 0 || ix >= g.x.in) continue;
            const In* pixel =
                in + (static_cast<size_t>(iy) * static_cast<size_t>(g.x.in) + static_cast<size_t>(ix)) * g.in_channels + first_in;
            const Weight* weights = filter + (c * taps + static_cast<size_t>(fy * g.x.filter + fx)) * g.group_in;
            add_products_of_channels(sums, channels, pixel, in_offset, weights, weight_offset, g.group_in, taps * g.group_in);
          }
        }
        for (size_t k = 0; k < channels; ++k) emit(index++, c + k, sums[k]);
      }
}

/// The same where every output channel sees one input channel only.
template <class Sum, class In, class Weight, class Emit>
void convolve_depthwise(const ConvGeometry& g, const In* in, Sum in_offset, const Weight* filter, Sum weight_offset,
                        Emit&& emit) {
  const size_t multiplier = g.group_out;
  size_t index = 0;
  for (int32_t oy = 0; oy < g.y.out; ++oy)
    for (int32_t ox = 0; ox < g.x.out; ++ox)
      for (size_t c = 0, channels = 0; c < g.out_channels; c += channels) {
        channels = std::min(kSideBySide, g.out_channels - c);
        size_t from[kSideBySide];
        for (size_t k = 0; k < channels; ++k) from[k] = (c + k) / multiplier;
        Sum sums[kSideBySide] = {};
        for (int32_t fy = 0; fy < g.y.filter; ++fy) {
          const int32_t iy = oy * g.y.stride - g.y.pad + fy * g.y.dilation;
          if (iy < 0 || iy >= g.y.in) continue;
          for (int32_t fx = 0; fx < g.x.filter; ++fx) {
            const int32_t ix = ox * g.x.stride - g.x.pad + fx * g.x.dilation;
            if (ix < 0 || ix >= g.x.in) continue;
            const In* pixel = in + (static_cast<size_t>(iy) * static_cast<size_t>(g.x.in) + static_cast<size_t>(ix)) * g.in_channels;
            const Weight* weights = filter + static_cast<size_t>(fy * g.x.filter + fx) * g.out_channels + c;
            for (size_t k = 0; k < channels; ++k)
              sums[k] += (static_cast<Sum>(pixel[from[k]]) + in_offset) * (static_cast<Sum>(weights[k]) + weight_offset);
          }
        }
        for (size_t k = 0; k < channels; ++k) emit(index++, c + k, sums[k]);
      }
}

}  // namespace whyzero::ops
