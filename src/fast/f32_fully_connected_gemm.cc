// FULLY_CONNECTED of floats on packed weights. Gives the bits of the reference: sums run in the same order.
#include "fast/common/tile.h"
#include "fast/kernel.h"
#include "ops/common/fully_connected.h"

namespace whyzero::fast {
namespace {

struct State {
  size_t rows = 0, depth = 0, units = 0;
  ops::Range<float> range{};
  TileKernels<float> kernels;
  Storage<float> packed, bias;
  Storage<const float*> pointers;
};

bool supports(ops::Context& ctx) {
  const ops::Tensor& weights = ctx.input(1);
  return ctx.input(0).dtype == DType::kFloat32 && weights.dtype == DType::kFloat32 && weights.constant;
}

Result<void> prepare(ops::Context& ctx) {
  const ops::FullyConnectedState reference = std::move(ctx.state<ops::FullyConnectedState>());
  auto& s = ctx.make_state<State>();
  s.rows = reference.rows;
  s.depth = reference.depth;
  s.units = reference.units;
  s.range = reference.range;
  s.kernels = float_tile_kernels();
  WHYZERO_TRY(s.packed.allocate(ctx, round_up(s.units, kPanel) * s.depth));
  WHYZERO_TRY(s.bias.allocate(ctx, round_up(s.units, kPanel)));
  WHYZERO_TRY(s.pointers.allocate(ctx, pointer_count(1)));
  const float* weights = ctx.input(1).as<float>();
  for (size_t u = 0; u < s.units; ++u) {
    float* to = s.packed.data() + u / kPanel * s.depth * kPanel + u % kPanel;
    for (size_t k = 0; k < s.depth; ++k) to[k * kPanel] = weights[u * s.depth + k];
  }
  return {};
}

Result<void> eval(ops::Context& ctx) {
  auto& s = ctx.state<State>();
  if (const float* bias = ops::float_bias(ctx, 2)) std::copy_n(bias, s.units, s.bias.data());
  FloatTile tile;
  tile.taps = 1;
  tile.units = s.depth;
  tile.panel = s.packed.data();
  tile.panel_stride = s.depth * kPanel;
  tile.out_stride = s.units;
  tile.bias = s.bias.data();
  tile.range = s.range;
  const float* in = ctx.input(0).as<float>();
  multiply_panels(s.kernels, tile, s.rows, s.units, ctx.output(0).as<float>(), s.pointers.data(),
                  [&](size_t row, const float** to, size_t) { *to = in + row * s.depth; });
  return {};
}

}  // namespace

extern constinit const Kernel unit_f32_fully_connected_gemm{.name = "f32_fully_connected_gemm",
                                                            .builtin = schema::BuiltinOperator_FULLY_CONNECTED,
                                                            .supports = supports,
                                                            .prepare = prepare,
                                                            .eval = eval};

}  // namespace whyzero::fast
