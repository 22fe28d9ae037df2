// Where the rows of a convolution, seen as a product of matrices, lie in the input: one pointer for each output pixel and tap.
#pragma once

#include "ops/common/convolve.h"

namespace whyzero::fast {

template <class A>
struct ConvRows {
  const ops::ConvGeometry* geometry = nullptr;
  const A* in = nullptr;     // of the batch, at the group's first channel
  size_t pixel = 0;          // elements from one pixel to the next
  const A* zeros = nullptr;  // for taps outside: as many zeros as a tap has elements

  void operator()(size_t row, const A** to, size_t step) const {
    const ops::WindowAxis &y = geometry->y, &x = geometry->x;
    const auto width = static_cast<size_t>(x.out);
    const int64_t first_y = static_cast<int64_t>(row / width) * y.stride - y.pad;
    const int64_t first_x = static_cast<int64_t>(row % width) * x.stride - x.pad;
    for (int32_t fy = 0; fy < y.filter; ++fy) {
      const int64_t iy = first_y + int64_t{fy} * y.dilation;
      for (int32_t fx = 0; fx < x.filter; ++fx, to += step) {
        const int64_t ix = first_x + int64_t{fx} * x.dilation;
        const bool inside = iy >= 0 && iy < y.in && ix >= 0 && ix < x.in;
        *to = inside ? in + static_cast<size_t>(iy * x.in + ix) * pixel : zeros;
      }
    }
  }
};

/// The taps' pointers are made anew for each run: filters larger than this are left to the reference.
constexpr size_t kMostTaps = 4096;

/// Grouped convolutions with few channels in a group would compute padding for the most part.
inline bool fits_panels(const ops::ConvGeometry& g) {
  const auto taps = static_cast<size_t>(g.y.filter) * static_cast<size_t>(g.x.filter);
  return taps <= kMostTaps && (g.group_in == g.in_channels || g.group_out >= 8);
}

}  // namespace whyzero::fast
