// RESIZE_NEAREST_NEIGHBOR: every output pixel is the input pixel that lies nearest.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "ops/common/resize.h"

namespace whyzero::ops {
namespace {

ResizeMode mode(const Context& ctx) {
  const auto& options = ctx.options<schema::ResizeNearestNeighborOptions>();
  return {options.align_corners(), options.half_pixel_centers()};
}

Result<void> prepare(Context& ctx) {
  return prepare_resize(ctx, {DType::kFloat32, DType::kFloat16, DType::kInt8, DType::kUInt8, DType::kInt16, DType::kUInt16,
                              DType::kInt32, DType::kUInt32, DType::kBool});
}

int32_t nearest(int32_t out, int32_t size, float scale, ResizeMode mode) {
  const float at = (static_cast<float>(out) + (mode.half_pixel_centers ? 0.5f : 0.0f)) * scale;
  const float whole = mode.align_corners ? std::round(at) : std::floor(at);
  return std::clamp(static_cast<int32_t>(std::min(whole, 2e9f)), 0, size - 1);
}

Result<void> eval(Context& ctx) {
  WHYZERO_TRY(settle_resize(ctx));
  const Tensor& input = ctx.input(0);
  Tensor& output = ctx.output(0);
  const float scale_y = resize_scale(input.dim(1), output.dim(1), mode(ctx)),
              scale_x = resize_scale(input.dim(2), output.dim(2), mode(ctx));
  const size_t pixel = static_cast<size_t>(input.dim(3)) * dtype_size(input.dtype);
  const size_t row = static_cast<size_t>(input.dim(2)) * pixel;
  if (pixel == 0) return {};
  uint8_t* out = output.data;
  for (int32_t b = 0; b < output.dim(0); ++b)
    for (int32_t y = 0; y < output.dim(1); ++y) {
      const auto iy = static_cast<size_t>(nearest(y, input.dim(1), scale_y, mode(ctx)));
      const uint8_t* in = input.data + (static_cast<size_t>(b) * static_cast<size_t>(input.dim(1)) + iy) * row;
      for (int32_t x = 0; x < output.dim(2); ++x, out += pixel)
        std::memcpy(out, in + static_cast<size_t>(nearest(x, input.dim(2), scale_x, mode(ctx))) * pixel, pixel);
    }
  return {};
}

}  // namespace

extern constinit const Operator unit_resize_nearest_neighbor{.name = "RESIZE_NEAREST_NEIGHBOR",
                                                             .builtin = schema::BuiltinOperator_RESIZE_NEAREST_NEIGHBOR,
                                                             .max_version = 4,
                                                             .prepare = prepare,
                                                             .eval = eval};

}  // namespace whyzero::ops
