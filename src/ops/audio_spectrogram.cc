// AudioSpectrogram: the strength of every frequency in overlapping windows of a sound.
#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <complex>
#include <numbers>

#include "numerics/fourier.h"
#include "ops/common/custom_options.h"
#include "ops/common/scratch.h"

namespace whyzero::ops {
namespace {

constexpr int64_t kWidestWindow = 1 << 24;

struct State {
  size_t window = 0, stride = 0, fft = 0, bins = 0, slices = 0;
  bool squared = false;
};

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(1, 1, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), {DType::kFloat32}));
  WHYZERO_TRY(ctx.expect_dtype(ctx.output(0), {DType::kFloat32}));
  WHYZERO_TRY(ctx.expect_rank(ctx.input(0), 2, 2));
  WHYZERO_ASSIGN(const auto map, options_map(ctx));
  const int64_t window = map["window_size"].AsInt64(), stride = map["stride"].AsInt64();
  if (window < 2 || window > kWidestWindow || stride < 1)
    return ctx.error(ErrorCode::kMalformed, fmt::format("has window_size {} and stride {}, expected 2 to {} and at least 1", window,
                                                        stride, kWidestWindow));
  auto& s = ctx.make_state<State>();
  s.squared = map["magnitude_squared"].AsBool();
  s.window = static_cast<size_t>(window);
  s.stride = static_cast<size_t>(stride);
  s.fft = std::bit_ceil(s.window);
  s.bins = s.fft / 2 + 1;
  const auto samples = static_cast<size_t>(ctx.input(0).dim(0));
  s.slices = samples < s.window ? 0 : 1 + (samples - s.window) / s.stride;
  return ctx.resize_output(0, {ctx.input(0).dim(1), static_cast<int32_t>(s.slices), static_cast<int32_t>(s.bins)});
}

Result<void> eval(Context& ctx) {
  const auto& s = ctx.state<State>();
  const auto channels = static_cast<size_t>(ctx.input(0).dim(1));
  WHYZERO_ASSIGN(auto hann, scratch<double>(ctx, s.window));
  WHYZERO_ASSIGN(auto values, scratch<std::complex<double>>(ctx, s.fft));
  for (size_t k = 0; k < s.window; ++k)
    hann[k] = 0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(s.window));
  float* out = ctx.output(0).as<float>();
  for (size_t c = 0; c < channels; ++c)
    for (size_t slice = 0; slice < s.slices; ++slice) {
      std::fill(values.begin(), values.end(), std::complex<double>());
      for (size_t k = 0; k < s.window; ++k)
        values[k] = hann[k] * static_cast<double>(ctx.input(0).as<float>()[(slice * s.stride + k) * channels + c]);
      fourier_transform(values);
      for (size_t k = 0; k < s.bins; ++k) {
        const auto power = static_cast<float>(std::norm(values[k]));
        *out++ = s.squared ? power : std::sqrt(power);
      }
    }
  return {};
}

}  // namespace

extern constinit const Operator unit_audio_spectrogram{
    .name = "AudioSpectrogram", .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
