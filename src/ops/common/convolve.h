// The loops of two-dimensional convolutions, for any element type. Tensors are NHWC, filters OHWI (depthwise: 1HWC).
#pragma once

#include "ops/common/window.h"

namespace whyzero::ops {

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
      for (size_t c = 0; c < g.out_channels; ++c, ++index) {
        const size_t first_in = c / g.group_out * g.group_in;
        Sum sum = 0;
        for (int32_t fy = 0; fy < g.y.filter; ++fy) {
          const int32_t iy = oy * g.y.stride - g.y.pad + fy * g.y.dilation;
          if (iy < 0 || iy >= g.y.in) continue;
          for (int32_t fx = 0; fx < g.x.filter; ++fx) {
            const int32_t ix = ox * g.x.stride - g.x.pad + fx * g.x.dilation;
            if (ix < 0 || ix >= g.x.in) continue;
            const In* pixel =
                in + (static_cast<size_t>(iy) * static_cast<size_t>(g.x.in) + static_cast<size_t>(ix)) * g.in_channels + first_in;
            const Weight* weights = filter + (c * taps + static_cast<size_t>(fy * g.x.filter + fx)) * g.group_in;
            for (size_t k = 0; k < g.group_in; ++k)
              sum += (static_cast<Sum>(pixel[k]) + in_offset) * (static_cast<Sum>(weights[k]) + weight_offset);
          }
        }
        emit(index, c, sum);
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
      for (size_t c = 0; c < g.out_channels; ++c, ++index) {
        Sum sum = 0;
        for (int32_t fy = 0; fy < g.y.filter; ++fy) {
          const int32_t iy = oy * g.y.stride - g.y.pad + fy * g.y.dilation;
          if (iy < 0 || iy >= g.y.in) continue;
          for (int32_t fx = 0; fx < g.x.filter; ++fx) {
            const int32_t ix = ox * g.x.stride - g.x.pad + fx * g.x.dilation;
            if (ix < 0 || ix >= g.x.in) continue;
            const In value =
                in[(static_cast<size_t>(iy) * static_cast<size_t>(g.x.in) + static_cast<size_t>(ix)) * g.in_channels +
                   c / multiplier];
            const Weight weight = filter[static_cast<size_t>(fy * g.x.filter + fx) * g.out_channels + c];
            sum += (static_cast<Sum>(value) + in_offset) * (static_cast<Sum>(weight) + weight_offset);
          }
        }
        emit(index, c, sum);
      }
}

}  // namespace whyzero::ops
