// Output size and padding of a sliding window.
#include "ops/common/window.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace whyzero::ops {

Result<WindowAxis> window_axis(const Context& ctx, const char* axis, int32_t in, int32_t filter, int32_t stride, int32_t dilation,
                               schema::Padding padding) {
  if (filter < 1 || stride < 1 || dilation < 1)
    return ctx.error(ErrorCode::kMalformed, fmt::format("{}: filter {}, stride {}, dilation {}; each must be at least 1", axis,
                                                        filter, stride, dilation));
  const int64_t reach = (int64_t{filter} - 1) * dilation + 1;
  const int64_t out =
      padding == schema::Padding_SAME ? (int64_t{in} + stride - 1) / stride : (int64_t{in} + stride - reach) / stride;
  if (out < 0 || reach > std::numeric_limits<int32_t>::max() || out * stride + reach > std::numeric_limits<int32_t>::max())
    return ctx.error(ErrorCode::kMalformed, fmt::format("{}: a window of {} does not fit an input of {}", axis, reach, in));
  const int64_t total = std::max<int64_t>(0, (out - 1) * stride + reach - in);
  return WindowAxis{in, static_cast<int32_t>(out), filter, stride, dilation, static_cast<int32_t>(total / 2)};
}

}  // namespace whyzero::ops
