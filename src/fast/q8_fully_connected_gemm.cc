// FULLY_CONNECTED of 8-bit values on packed weights: pairs of int16 into int32, requantized in the same pass. Exact.
#include "fast/common/tile.h"
#include "fast/common/widen.h"
#include "fast/kernel.h"
#include "ops/common/fully_connected.h"

namespace whyzero::fast {
namespace {

struct State {
  size_t rows = 0, depth = 0, pairs = 0, units = 0;
  Requantizer requantizer;
  TileKernels<int16_t> kernels;
  Storage<int16_t> packed, widened;
  Storage<const int16_t*> pointers;
};

bool supports(ops::Context& ctx) {
  const DType type = ctx.input(0).dtype;
  const ops::Tensor& weights = ctx.input(1);
  return (type == DType::kInt8 || type == DType::kUInt8) && ctx.output(0).dtype == type && weights.constant &&
         can_requantize(ctx.state<ops::FullyConnectedState>().requantize);
}

template <class T>
void pack(const T* weights, int32_t zero_point, State& s) {
  for (size_t u = 0; u < s.units; ++u) {
    int16_t* to = s.packed.data() + (u / kPanel * s.pairs * kPanel + u % kPanel) * 2;
    const T* from = weights + u * s.depth;
    for (size_t k = 0; k < s.depth; ++k) to[k / 2 * kPanel * 2 + k % 2] = static_cast<int16_t>(from[k] - zero_point);
  }
}

Result<void> prepare(ops::Context& ctx) {
  ops::FullyConnectedState reference = std::move(ctx.state<ops::FullyConnectedState>());
  auto& s = ctx.make_state<State>();
  s.rows = reference.rows;
  s.depth = reference.depth;
  s.units = reference.units;
  s.pairs = (s.depth + 1) / 2;
  WHYZERO_TRY(s.requantizer.prepare(ctx, reference.requantize, s.units));
  WHYZERO_TRY(s.packed.allocate(ctx, round_up(s.units, kPanel) * s.pairs * 2));
  WHYZERO_TRY(s.widened.allocate(ctx, s.rows * s.pairs * 2));
  WHYZERO_TRY(s.pointers.allocate(ctx, pointer_count(1)));
  const ops::Tensor& weights = ctx.input(1);
  if (weights.dtype == DType::kUInt8) {
    s.kernels = uint8_tile_kernels();
    pack(weights.as<uint8_t>(), weights.zero_point(), s);
  } else {
    s.kernels = int8_tile_kernels();
    pack(ops::filter_values(weights, reference.unpacked), weights.zero_point(), s);
  }
  return {};
}

template <class T>
void run(ops::Context& ctx, State& s) {
  widen<T, int16_t>()(ctx.input(0).as<T>(), s.rows, s.depth, ctx.input(0).zero_point(), s.widened.data(), s.pairs * 2);
  QuantizedTile tile;
  tile.taps = 1;
  tile.units = s.pairs;
  tile.panel = s.packed.data();
  tile.panel_stride = s.pairs * kPanel * 2;
  tile.out_stride = s.units;
  tile.requantizer = &s.requantizer;
  multiply_panels(s.kernels, tile, s.rows, s.units, ctx.output(0).as<T>(), s.pointers.data(),
                  [&](size_t row, const int16_t** to, size_t) { *to = s.widened.data() + row * s.pairs * 2; });
}

Result<void> eval(ops::Context& ctx) {
  auto& s = ctx.state<State>();
  s.requantizer.load_bias(ctx, 2, s.units, s.units);
  if (ctx.input(0).dtype == DType::kUInt8) run<uint8_t>(ctx, s);
  else run<int8_t>(ctx, s);
  return {};
}

}  // namespace

extern constinit const Kernel unit_q8_fully_connected_gemm{.name = "q8_fully_connected_gemm",
                                                           .builtin = schema::BuiltinOperator_FULLY_CONNECTED,
                                                           .supports = supports,
                                                           .prepare = prepare,
                                                           .eval = eval};

}  // namespace whyzero::fast
