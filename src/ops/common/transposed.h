// Transposed convolutions of two and three dimensions: every input element adds its window of weights to the output.
#pragma once

#include <array>

#include "ops/common/window.h"

namespace whyzero::ops {

/// Two-dimensional ones have depth 1 with filter and stride 1.
struct TransposedGeometry {
  size_t batches = 0;
  /// Windows of the convolution that this one transposes: their input is our output. Depth, height, width.
  std::array<WindowAxis, 3> axes;
  std::array<int32_t, 3> input{1, 1, 1};
  size_t in_channels = 0, out_channels = 0;

  size_t inputs() const { return pixels(input[0], input[1], input[2]) * in_channels; }
  size_t outputs() const { return pixels(axes[0].in, axes[1].in, axes[2].in) * out_channels; }

 private:
  static size_t pixels(int32_t a, int32_t b, int32_t c) {
    return static_cast<size_t>(a) * static_cast<size_t>(b) * static_cast<size_t>(c);
  }
};

/// Adds to `out` (one batch, zeros at first). weight(position in the window, output channel, input channel) is a Sum.
template <class Sum, class In, class WeightAt>
void scatter(const TransposedGeometry& g, const In* in, Sum in_offset, WeightAt&& weight, Sum* out) {
  const auto& [d, h, w] = g.axes;
  auto at = [](const WindowAxis& axis, int32_t from, int32_t tap) {
    return int64_t{from} * axis.stride - axis.pad + int64_t{tap} * axis.dilation;
  };
  auto inside = [](const WindowAxis& axis, int64_t position) { return position >= 0 && position < axis.in; };
  for (int32_t id = 0; id < g.input[0]; ++id)
    for (int32_t iy = 0; iy < g.input[1]; ++iy)
      for (int32_t ix = 0; ix < g.input[2]; ++ix, in += g.in_channels)
        for (int32_t fd = 0; fd < d.filter; ++fd)
          for (int32_t fy = 0; fy < h.filter; ++fy)
            for (int32_t fx = 0; fx < w.filter; ++fx) {
              const int64_t od = at(d, id, fd), oy = at(h, iy, fy), ox = at(w, ix, fx);
              if (!inside(d, od) || !inside(h, oy) || !inside(w, ox)) continue;
              const auto tap = static_cast<size_t>((int64_t{fd} * h.filter + fy) * w.filter + fx);
              Sum* target = out + static_cast<size_t>((od * h.in + oy) * w.in + ox) * g.out_channels;
              for (size_t c = 0; c < g.out_channels; ++c)
                for (size_t k = 0; k < g.in_channels; ++k) target[c] += (static_cast<Sum>(in[k]) + in_offset) * weight(tap, c, k);
            }
}

}  // namespace whyzero::ops
