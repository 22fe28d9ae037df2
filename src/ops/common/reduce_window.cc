// Shape of a reduction by windows, and the walk over the positions of the window.
#include "ops/common/reduce_window.h"

#include <fmt/format.h>

#include <cstring>

#include "ops/common/scratch.h"

namespace whyzero::ops {
namespace {

constexpr int64_t kLargest = INT32_MAX;

/// Where the element of the input lies that an output sees, or -1; in elements along the axis.
int64_t place_of(const ReducedAxis& axis, int64_t output, int64_t position, int64_t size) {
  const int64_t at = output * axis.stride + position * axis.dilation - axis.low;
  return at >= 0 && at % axis.base_dilation == 0 && at / axis.base_dilation < size ? at / axis.base_dilation : -1;
}

/// Next index vector below `limits`; false after the last.
bool step(std::vector<int64_t>& counter, const std::vector<int64_t>& limits) {
  for (size_t d = counter.size(); d-- > 0;) {
    if (++counter[d] < limits[d]) return true;
    counter[d] = 0;
  }
  return false;
}

}  // namespace

Result<Shape> reduced_shape(const Context& ctx, std::span<const ReducedAxis> axes) {
  const Tensor& input = ctx.input(0);
  Shape shape;
  for (size_t d = 0; d < axes.size(); ++d) {
    const ReducedAxis& axis = axes[d];
    for (int64_t value : {axis.stride, axis.dilation, axis.base_dilation})
      if (value < 1 || value > kLargest)
        return ctx.error(ErrorCode::kMalformed, fmt::format("a stride or dilation of {} is not possible", value));
    if (axis.size < 0 || axis.size > kLargest || std::max(std::abs(axis.low / 2), std::abs(axis.high / 2)) > kLargest)
      return ctx.error(ErrorCode::kMalformed,
                       fmt::format("a window of {} with paddings of {} and {} is not possible", axis.size, axis.low, axis.high));
    const int64_t spread = input.shape[d] == 0 ? 0 : (input.shape[d] - 1) * axis.base_dilation + 1;
    const int64_t room = spread + axis.low + axis.high, window = (axis.size - 1) * axis.dilation + 1;
    WHYZERO_ASSIGN(const int32_t size, dimension(ctx, room < window ? 0 : (room - window) / axis.stride + 1));
    shape.push_back(size);
  }
  return shape;
}

Result<void> for_each_window_position(Context& ctx, std::span<const ReducedAxis> axes,
                                      const std::function<Result<void>(const std::vector<uint8_t>&)>& combine) {
  const Tensor& input = ctx.input(0);
  const Tensor& output = ctx.output(0);
  const size_t bytes = dtype_size(input.dtype);
  if (output.elements() == 0) return {};
  WHYZERO_ASSIGN(auto values, scratch<uint8_t>(ctx, output.bytes));
  const std::vector<int64_t> strides = dense_strides(input.shape), outputs(output.shape.begin(), output.shape.end());
  std::vector<int64_t> window;
  for (const ReducedAxis& axis : axes) {
    if (axis.size == 0) return {};
    window.push_back(axis.size);
  }
  std::vector<int64_t> position(axes.size(), 0);
  do {
    std::vector<int64_t> at(axes.size(), 0);
    uint8_t* to = values.data();
    do {
      int64_t from = 0;
      for (size_t d = 0; d < axes.size() && from >= 0; ++d) {
        const int64_t place = place_of(axes[d], at[d], position[d], input.shape[d]);
        from = place < 0 ? -1 : from + place * strides[d];
      }
      std::memcpy(to, from < 0 ? ctx.input(1).data : input.data + static_cast<size_t>(from) * bytes, bytes);
      to += bytes;
    } while (step(at, outputs));
    WHYZERO_TRY(combine(values));
  } while (step(position, window));
  return {};
}

}  // namespace whyzero::ops
