// CONV_3D: convolution of an NDHWC volume with a DHWIO filter.
#include <fmt/format.h>

#include "ops/common/weights.h"
#include "ops/common/window.h"

namespace whyzero::ops {
namespace {

struct State {
  WindowAxis depth, height, width;
  Range<float> range{};
};

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 3, 1, 1));
  for (int k : {0, 1}) {
    WHYZERO_TRY(ctx.expect_input(k));
    WHYZERO_TRY(ctx.expect_dtype(ctx.input(k), {DType::kFloat32}));
    WHYZERO_TRY(ctx.expect_rank(ctx.input(k), 5, 5));
  }
  const auto& options = ctx.options<schema::Conv3DOptions>();
  const Tensor& input = ctx.input(0);
  const Tensor& filter = ctx.input(1);
  WHYZERO_TRY(ctx.expect_same_dtype(input, ctx.output(0)));
  if (filter.dim(3) != input.dim(4))
    return ctx.error(ErrorCode::kMalformed, fmt::format("filter {} has {} input channels and input {} has {}", filter.label(),
                                                        filter.dim(3), input.label(), input.dim(4)));
  if (ctx.has_input(2)) WHYZERO_TRY(check_bias(ctx, ctx.input(2), filter.dim(4), {DType::kFloat32}));
  auto& s = ctx.make_state<State>();
  WHYZERO_ASSIGN(s.depth, window_axis(ctx, "depth", input.dim(1), filter.dim(0), options.stride_d(), options.dilation_d_factor(),
                                      options.padding()));
  WHYZERO_ASSIGN(s.height, window_axis(ctx, "height", input.dim(2), filter.dim(1), options.stride_h(),
                                       options.dilation_h_factor(), options.padding()));
  WHYZERO_ASSIGN(s.width, window_axis(ctx, "width", input.dim(3), filter.dim(2), options.stride_w(), options.dilation_w_factor(),
                                      options.padding()));
  WHYZERO_ASSIGN(s.range, activation_range(ctx, options.fused_activation_function()));
  return ctx.resize_output(0, {input.dim(0), s.depth.out, s.height.out, s.width.out, filter.dim(4)});
}

/// Adds the window whose output is at (od, oy, ox) of one volume to `sums`, one an output channel.
void add_window(const State& s, const float* volume, size_t in_channels, const float* filter, std::array<int32_t, 3> at,
                std::span<float> sums) {
  const auto& [od, oy, ox] = at;
  auto position = [](const WindowAxis& axis, int32_t out, int32_t tap) {
    return out * axis.stride - axis.pad + tap * axis.dilation;
  };
  auto inside = [](const WindowAxis& axis, int32_t p) { return p >= 0 && p < axis.in; };
  for (int32_t fd = 0; fd < s.depth.filter; ++fd)
    for (int32_t fy = 0; fy < s.height.filter; ++fy)
      for (int32_t fx = 0; fx < s.width.filter; ++fx) {
        const int32_t d = position(s.depth, od, fd), y = position(s.height, oy, fy), x = position(s.width, ox, fx);
        if (!inside(s.depth, d) || !inside(s.height, y) || !inside(s.width, x)) continue;
        const auto pixel = static_cast<size_t>((int64_t{d} * s.height.in + y) * s.width.in + x) * in_channels;
        const auto tap = static_cast<size_t>((int64_t{fd} * s.height.filter + fy) * s.width.filter + fx) * in_channels;
        for (size_t k = 0; k < in_channels; ++k)
          for (size_t c = 0; c < sums.size(); ++c) sums[c] += volume[pixel + k] * filter[(tap + k) * sums.size() + c];
      }
}

Result<void> eval(Context& ctx) {
  const auto& s = ctx.state<State>();
  const Tensor& input = ctx.input(0);
  const auto in_channels = static_cast<size_t>(input.dim(4)), out_channels = static_cast<size_t>(ctx.output(0).dim(4));
  const float* bias = float_bias(ctx, 2);
  const float* volume = input.as<float>();
  float* out = ctx.output(0).as<float>();
  if (ctx.output(0).elements() == 0) return {};
  for (int32_t b = 0; b < input.dim(0); ++b) {
    for (int32_t d = 0; d < s.depth.out; ++d)
      for (int32_t y = 0; y < s.height.out; ++y)
        for (int32_t x = 0; x < s.width.out; ++x, out += out_channels) {
          std::fill_n(out, out_channels, 0.0f);
          add_window(s, volume, in_channels, ctx.input(1).as<float>(), {d, y, x}, {out, out_channels});
          for (size_t c = 0; c < out_channels; ++c) out[c] = clamp(out[c] + (bias ? bias[c] : 0.0f), s.range);
        }
    volume += input.elements() / static_cast<size_t>(input.dim(0));
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_conv_3d{
    .name = "CONV_3D", .builtin = schema::BuiltinOperator_CONV_3D, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
