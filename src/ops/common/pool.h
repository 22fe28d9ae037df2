// The contract that all poolings share, and a walk over their windows.
#pragma once

#include "ops/common/quantized.h"
#include "ops/common/window.h"

namespace whyzero::ops {

struct PoolState {
  WindowAxis y, x;
  size_t batches = 0, channels = 0;
  Range<float> range{};
  Range<int32_t> integer_range{};
};

Result<void> prepare_pool(Context& ctx, std::initializer_list<DType> allowed);

/// finish(channel-wise accumulation): for every output element calls start(), add(value) for the elements in its window, then
/// stores finish(count of elements).
template <class T, class Start, class Add, class Finish>
void pool(Context& ctx, Start&& start, Add&& add, Finish&& finish) {
  const auto& s = ctx.state<PoolState>();
  const T* in = ctx.input(0).as<T>();
  T* out = ctx.output(0).as<T>();
  const auto width = static_cast<size_t>(s.x.in), height = static_cast<size_t>(s.y.in);
  for (size_t b = 0; b < s.batches; ++b)
    for (int32_t oy = 0; oy < s.y.out; ++oy)
      for (int32_t ox = 0; ox < s.x.out; ++ox) {
        const int32_t y0 = oy * s.y.stride - s.y.pad, x0 = ox * s.x.stride - s.x.pad;
        const int32_t top = std::max(y0, 0), bottom = std::min(y0 + s.y.filter, s.y.in);
        const int32_t left = std::max(x0, 0), right = std::min(x0 + s.x.filter, s.x.in);
        const int64_t count = int64_t{std::max(bottom - top, 0)} * std::max(right - left, 0);
        for (size_t c = 0; c < s.channels; ++c) {
          start();
          for (int32_t y = top; y < bottom; ++y)
            for (int32_t x = left; x < right; ++x)
              add(in[((b * height + static_cast<size_t>(y)) * width + static_cast<size_t>(x)) * s.channels + c]);
          *out++ = finish(count);
        }
      }
}

}  // namespace whyzero::ops
