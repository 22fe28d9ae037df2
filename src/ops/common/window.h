// Sliding windows of convolutions and poolings: output size and padding of one axis.
#pragma once

#include "graph/options.h"
#include "ops/operator.h"

namespace whyzero::ops {

struct WindowAxis {
  int32_t in = 0, out = 0, filter = 0, stride = 1, dilation = 1;
  int32_t pad = 0;  // before the first element; what is odd goes behind the last
};

/// kMalformed for a stride, dilation or filter below 1 and where the window does not fit; `axis` is a word for the message.
Result<WindowAxis> window_axis(const Context& ctx, const char* axis, int32_t in, int32_t filter, int32_t stride, int32_t dilation,
                               schema::Padding padding);

}  // namespace whyzero::ops
