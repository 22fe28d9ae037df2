// CONV_2D of floats as a product of matrices whose left side is the input itself, reached through pointers; bias and activation
// happen in the same pass. Gives the bits of the reference: sums run in the same order.
#include <cmath>

#include "fast/common/conv_rows.h"
#include "fast/common/tile.h"
#include "fast/kernel.h"
#include "ops/common/convolution.h"

namespace whyzero::fast {
namespace {

struct State {
  ops::ConvGeometry geometry;
  ops::Range<float> range{};
  TileKernels<float> kernels;
  size_t taps = 0, groups = 0, panels = 0;  // panels of one group
  Storage<float> packed, bias, zeros;
  Storage<const float*> pointers;
  bool fixed = false;   // packed once: the filter is a constant
  bool finite = false;  // padding times a weight is 0
};

bool supports(ops::Context& ctx) {
  return ctx.input(0).dtype == DType::kFloat32 && ctx.input(1).dtype == DType::kFloat32 &&
         fits_panels(ctx.state<ops::ConvState>().geometry);
}

void pack(const float* filter, State& s) {
  const ops::ConvGeometry& g = s.geometry;
  const size_t depth = s.taps * g.group_in;
  s.finite = true;
  for (size_t c = 0; c < g.out_channels; ++c) {
    const size_t in_group = c % g.group_out, panel = c / g.group_out * s.panels + in_group / kPanel;
    float* to = s.packed.data() + panel * depth * kPanel + in_group % kPanel;
    for (size_t k = 0; k < depth; ++k) {
      const float weight = filter[c * depth + k];
      s.finite = s.finite && std::isfinite(weight);
      to[k * kPanel] = weight;
    }
  }
}

Result<void> prepare(ops::Context& ctx) {
  const ops::ConvState reference = std::move(ctx.state<ops::ConvState>());
  auto& s = ctx.make_state<State>();
  const ops::ConvGeometry& g = s.geometry = reference.geometry;
  s.range = reference.range;
  s.kernels = float_tile_kernels();
  s.taps = static_cast<size_t>(g.y.filter) * static_cast<size_t>(g.x.filter);
  s.groups = g.in_channels / g.group_in;
  s.panels = round_up(g.group_out, kPanel) / kPanel;
  WHYZERO_TRY(s.packed.allocate(ctx, s.groups * s.panels * s.taps * g.group_in * kPanel));
  WHYZERO_TRY(s.bias.allocate(ctx, s.groups * s.panels * kPanel));
  WHYZERO_TRY(s.zeros.allocate(ctx, g.group_in));
  WHYZERO_TRY(s.pointers.allocate(ctx, pointer_count(s.taps)));
  s.fixed = ctx.input(1).constant;
  if (s.fixed) pack(ctx.input(1).as<float>(), s);
  return {};
}

void load_bias(const ops::Context& ctx, State& s) {
  const float* bias = ops::float_bias(ctx, 2);
  if (!bias) return;
  for (size_t c = 0; c < s.geometry.out_channels; ++c)
    s.bias.data()[c / s.geometry.group_out * s.panels * kPanel + c % s.geometry.group_out] = bias[c];
}

/// NaN and infinity in a filter times the zeros of padding would spread where the reference leaves them out.
void convolve_plainly(ops::Context& ctx, const State& s, size_t batch) {
  const float* bias = ops::float_bias(ctx, 2);
  float* out = ctx.output(0).as<float>() + batch * s.geometry.outputs();
  ops::convolve(s.geometry, ctx.input(0).as<float>() + batch * s.geometry.inputs(), 0.0f, ctx.input(1).as<float>(), 0.0f,
                [&](size_t i, size_t c, float sum) { out[i] = ops::clamp(sum + (bias ? bias[c] : 0.0f), s.range); });
}

Result<void> eval(ops::Context& ctx) {
  auto& s = ctx.state<State>();
  const ops::ConvGeometry& g = s.geometry;
  if (!s.fixed) pack(ctx.input(1).as<float>(), s);
  load_bias(ctx, s);
  for (size_t b = 0; b < g.batches; ++b) {
    if (!s.finite) {
      convolve_plainly(ctx, s, b);
      continue;
    }
    for (size_t group = 0; group < s.groups; ++group) {
      FloatTile tile;
      tile.taps = s.taps;
      tile.units = g.group_in;
      tile.panel_stride = s.taps * g.group_in * kPanel;
      tile.panel = s.packed.data() + group * s.panels * tile.panel_stride;
      tile.column = group * s.panels * kPanel;
      tile.out_stride = g.out_channels;
      tile.bias = s.bias.data();
      tile.range = s.range;
      const float* in = ctx.input(0).as<float>() + b * g.inputs() + group * g.group_in;
      float* out = ctx.output(0).as<float>() + b * g.outputs() + group * g.group_out;
      multiply_panels(s.kernels, tile, g.outputs() / g.out_channels, g.group_out, out, s.pointers.data(),
                      ConvRows<float>{&g, in, g.in_channels, s.zeros.data()});
    }
  }
  return {};
}

}  // namespace

extern constinit const Kernel unit_f32_conv_2d_indirect{.name = "f32_conv_2d_indirect",
                                                        .builtin = schema::BuiltinOperator_CONV_2D,
                                                        .supports = supports,
                                                        .prepare = prepare,
                                                        .eval = eval};

}  // namespace whyzero::fast
