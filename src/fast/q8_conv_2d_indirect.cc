// CONV_2D of 8-bit values as a product of matrices: pairs of int16 into int32, requantized in the same pass. The input is widened
// once and reached through pointers. Exact.
#include "fast/common/conv_rows.h"
#include "fast/common/tile.h"
#include "fast/common/widen.h"
#include "fast/kernel.h"
#include "ops/common/convolution.h"

namespace whyzero::fast {
namespace {

struct State {
  ops::ConvGeometry geometry;
  Requantizer requantizer;
  TileKernels<int16_t> kernels;
  size_t taps = 0, groups = 0, panels = 0;  // panels of one group
  size_t pairs = 0;                         // of channels in a group
  Storage<int16_t> packed, zeros, widened;  // widened: one batch, groups padded to whole pairs
  Storage<const int16_t*> pointers;
};

bool supports(ops::Context& ctx) {
  const ops::Tensor &input = ctx.input(0), &filter = ctx.input(1);
  const auto& state = ctx.state<ops::ConvState>();
  return (input.dtype == DType::kInt8 || input.dtype == DType::kUInt8) && filter.constant && can_requantize(state.requantize) &&
         fits_panels(state.geometry);
}

template <class T>
void pack(const T* filter, int32_t zero_point, State& s) {
  const ops::ConvGeometry& g = s.geometry;
  for (size_t c = 0; c < g.out_channels; ++c) {
    const size_t in_group = c % g.group_out, panel = c / g.group_out * s.panels + in_group / kPanel;
    int16_t* to = s.packed.data() + (panel * s.taps * s.pairs * kPanel + in_group % kPanel) * 2;
    for (size_t tap = 0; tap < s.taps; ++tap) {
      const T* from = filter + (c * s.taps + tap) * g.group_in;
      for (size_t k = 0; k < g.group_in; ++k)
        to[(tap * s.pairs + k / 2) * kPanel * 2 + k % 2] = static_cast<int16_t>(from[k] - zero_point);
    }
  }
}

Result<void> prepare(ops::Context& ctx) {
  ops::ConvState reference = std::move(ctx.state<ops::ConvState>());
  auto& s = ctx.make_state<State>();
  const ops::ConvGeometry& g = s.geometry = reference.geometry;
  s.taps = static_cast<size_t>(g.y.filter) * static_cast<size_t>(g.x.filter);
  s.groups = g.in_channels / g.group_in;
  s.panels = round_up(g.group_out, kPanel) / kPanel;
  s.pairs = (g.group_in + 1) / 2;
  WHYZERO_TRY(s.requantizer.prepare(ctx, reference.requantize, g.group_out));
  WHYZERO_TRY(s.packed.allocate(ctx, s.groups * s.panels * s.taps * s.pairs * kPanel * 2));
  WHYZERO_TRY(s.zeros.allocate(ctx, s.pairs * 2));
  WHYZERO_TRY(s.widened.allocate(ctx, g.inputs() / g.group_in * s.pairs * 2));
  WHYZERO_TRY(s.pointers.allocate(ctx, pointer_count(s.taps)));
  const ops::Tensor& filter = ctx.input(1);
  if (filter.dtype == DType::kUInt8) {
    s.kernels = uint8_tile_kernels();
    pack(filter.as<uint8_t>(), filter.zero_point(), s);
  } else {
    s.kernels = int8_tile_kernels();
    pack(ops::filter_values(filter, reference.unpacked), 0, s);
  }
  return {};
}

template <class T>
void run(ops::Context& ctx, State& s) {
  const ops::ConvGeometry& g = s.geometry;
  const size_t pixels = static_cast<size_t>(g.y.in) * static_cast<size_t>(g.x.in);
  for (size_t b = 0; b < g.batches; ++b) {
    widen<T, int16_t>()(ctx.input(0).as<T>() + b * g.inputs(), pixels * s.groups, g.group_in, ctx.input(0).zero_point(),
                        s.widened.data(), s.pairs * 2);
    for (size_t group = 0; group < s.groups; ++group) {
      QuantizedTile tile;
      tile.taps = s.taps;
      tile.units = s.pairs;
      tile.panel_stride = s.taps * s.pairs * kPanel * 2;
      tile.panel = s.packed.data() + group * s.panels * tile.panel_stride;
      tile.column = group * s.panels * kPanel;
      tile.out_stride = g.out_channels;
      tile.requantizer = &s.requantizer;
      T* out = ctx.output(0).as<T>() + b * g.outputs() + group * g.group_out;
      multiply_panels(s.kernels, tile, g.outputs() / g.out_channels, g.group_out, out, s.pointers.data(),
                      ConvRows<int16_t>{&g, s.widened.data() + group * s.pairs * 2, s.groups * s.pairs * 2, s.zeros.data()});
    }
  }
}

Result<void> eval(ops::Context& ctx) {
  auto& s = ctx.state<State>();
  s.requantizer.load_bias(ctx, 2, s.geometry.out_channels, s.geometry.group_out);
  if (ctx.input(0).dtype == DType::kUInt8) run<uint8_t>(ctx, s);
  else run<int8_t>(ctx, s);
  return {};
}

}  // namespace

extern constinit const Kernel unit_q8_conv_2d_indirect{.name = "q8_conv_2d_indirect",
                                                       .builtin = schema::BuiltinOperator_CONV_2D,
                                                       .supports = supports,
                                                       .prepare = prepare,
                                                       .eval = eval};

}  // namespace whyzero::fast
