// RESIZE_BILINEAR: every output pixel between the four input pixels around it. int8 and int16 count in 1/1024 pixels.
#include <algorithm>
#include <cmath>

#include "ops/common/resize.h"

namespace whyzero::ops {
namespace {

ResizeMode mode(const Context& ctx) {
  const auto& options = ctx.options<schema::ResizeBilinearOptions>();
  return {options.align_corners(), options.half_pixel_centers()};
}

/// Where an output position lies: between input positions `low` and `high`, `part` of the way (in units of the number's type).
template <class Real>
struct Position {
  size_t low, high;
  Real part;
};

constexpr int64_t kOne = 1 << 10;

std::vector<Position<float>> positions(int32_t in, int32_t out, ResizeMode mode, float) {
  const float scale = resize_scale(in, out, mode);
  std::vector<Position<float>> result(static_cast<size_t>(out));
  for (int32_t k = 0; k < out; ++k) {
    const float at = mode.half_pixel_centers ? (static_cast<float>(k) + 0.5f) * scale - 0.5f : static_cast<float>(k) * scale;
    const int32_t low = std::clamp(static_cast<int32_t>(std::floor(at)), 0, in - 1);
    const int32_t high = std::clamp(static_cast<int32_t>(std::ceil(at)), 0, in - 1);
    result[static_cast<size_t>(k)] = {static_cast<size_t>(low), static_cast<size_t>(high), at - static_cast<float>(low)};
  }
  return result;
}

std::vector<Position<int64_t>> positions(int32_t in, int32_t out, ResizeMode mode, int64_t) {
  const bool aligned = mode.align_corners && out > 1;
  const int64_t scale = aligned ? (kOne * (in - 1) + (out - 1) / 2) / (out - 1) : (kOne * in + out / 2) / out;
  std::vector<Position<int64_t>> result(static_cast<size_t>(out));
  for (int32_t k = 0; k < out; ++k) {
    const int64_t at = mode.half_pixel_centers ? k * scale + scale / 2 - kOne / 2 : k * scale;
    const int64_t low = std::clamp<int64_t>(at / kOne, 0, in - 1), high = std::clamp<int64_t>((at + kOne - 1) / kOne, 0, in - 1);
    result[static_cast<size_t>(k)] = {static_cast<size_t>(low), static_cast<size_t>(high), at - kOne * low};
  }
  return result;
}

template <class T, class Real, class Finish>
void resize(Context& ctx, Real one, Finish&& finish) {
  const Tensor& input = ctx.input(0);
  Tensor& output = ctx.output(0);
  const auto ys = positions(input.dim(1), output.dim(1), mode(ctx), one),
             xs = positions(input.dim(2), output.dim(2), mode(ctx), one);
  const auto channels = static_cast<size_t>(input.dim(3)), width = static_cast<size_t>(input.dim(2));
  T* out = output.as<T>();
  for (int32_t b = 0; b < output.dim(0); ++b) {
    const T* in = input.as<T>() + static_cast<size_t>(b) * static_cast<size_t>(input.dim(1)) * width * channels;
    for (const auto& y : ys)
      for (const auto& x : xs)
        for (size_t c = 0; c < channels; ++c) {
          auto at = [&](size_t row, size_t column) { return static_cast<Real>(in[(row * width + column) * channels + c]); };
          *out++ = finish(at(y.low, x.low) * (one - y.part) * (one - x.part) + at(y.high, x.low) * y.part * (one - x.part) +
                          at(y.low, x.high) * (one - y.part) * x.part + at(y.high, x.high) * y.part * x.part);
        }
  }
}

template <class T>
void resize_fixed(Context& ctx) {
  resize<T>(ctx, kOne,
            [](int64_t sum) { return static_cast<T>((sum + (sum > 0 ? kOne * kOne / 2 : -kOne * kOne / 2)) / (kOne * kOne)); });
}

Result<void> prepare(Context& ctx) {
  if (mode(ctx).align_corners && mode(ctx).half_pixel_centers)
    return ctx.error(ErrorCode::kUnsupported, "align_corners and half_pixel_centers contradict each other");
  return prepare_resize(ctx, {DType::kFloat32, DType::kInt8, DType::kUInt8, DType::kInt16});
}

Result<void> eval(Context& ctx) {
  WHYZERO_TRY(settle_resize(ctx));
  switch (ctx.input(0).dtype) {
    case DType::kInt8:
      resize_fixed<int8_t>(ctx);
      break;
    case DType::kInt16:
      resize_fixed<int16_t>(ctx);
      break;
    case DType::kUInt8:
      resize<uint8_t>(ctx, 1.0f, [](float sum) { return static_cast<uint8_t>(sum + 0.5f); });
      break;
    default:
      resize<float>(ctx, 1.0f, [](float sum) { return sum; });
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_resize_bilinear{.name = "RESIZE_BILINEAR",
                                                     .builtin = schema::BuiltinOperator_RESIZE_BILINEAR,
                                                     .max_version = 4,
                                                     .prepare = prepare,
                                                     .eval = eval};

}  // namespace whyzero::ops
