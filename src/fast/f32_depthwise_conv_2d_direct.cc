// DEPTHWISE_CONV_2D of floats with multiplier 1, straight from the input. Gives the bits of the reference.
#include "fast/common/depthwise.h"
#include "fast/common/storage.h"
#include "fast/kernel.h"

namespace whyzero::fast {
namespace {

struct State {
  ops::ConvGeometry geometry;
  ops::Range<float> range{};
  DepthwiseRun<float> run = nullptr;
  Storage<float> no_bias;
};

bool supports(ops::Context& ctx) {
  return ctx.input(0).dtype == DType::kFloat32 && ctx.input(1).dtype == DType::kFloat32 &&
         ctx.state<ops::ConvState>().geometry.group_out == 1;
}

Result<void> prepare(ops::Context& ctx) {
  const ops::ConvState reference = std::move(ctx.state<ops::ConvState>());
  auto& s = ctx.make_state<State>();
  s.geometry = reference.geometry;
  s.range = reference.range;
  s.run = depthwise_run<float>();
  return s.no_bias.allocate(ctx, s.geometry.out_channels);
}

Result<void> eval(ops::Context& ctx) {
  const auto& s = ctx.state<State>();
  const ops::ConvGeometry& g = s.geometry;
  const float* bias = ops::float_bias(ctx, 2);
  DepthwiseLine<float> line;
  line.geometry = &g;
  line.in = ctx.input(0).as<float>();
  line.in_rows = static_cast<size_t>(g.y.in);
  line.filter = ctx.input(1).as<float>();
  line.sums = ctx.output(0).as<float>();
  line.bias = bias ? bias : s.no_bias.data();
  line.range = s.range;
  for (size_t b = 0; b < g.batches; ++b, line.in += g.inputs())
    for (int32_t y = 0; y < g.y.out; ++y, line.sums += static_cast<size_t>(g.x.out) * g.out_channels) s.run(line, y);
  return {};
}

}  // namespace

extern constinit const Kernel unit_f32_depthwise_conv_2d_direct{.name = "f32_depthwise_conv_2d_direct",
                                                                .builtin = schema::BuiltinOperator_DEPTHWISE_CONV_2D,
                                                                .supports = supports,
                                                                .prepare = prepare,
                                                                .eval = eval};

}  // namespace whyzero::fast
