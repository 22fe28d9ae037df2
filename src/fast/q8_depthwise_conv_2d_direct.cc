// DEPTHWISE_CONV_2D of 8-bit values with multiplier 1: int32 sums of one line at a time, then requantized. Only the rows that a
// line needs are held widened. Exact.
#include "fast/common/depthwise.h"
#include "fast/common/requantize.h"
#include "fast/common/widen.h"
#include "fast/kernel.h"

namespace whyzero::fast {
namespace {

struct State {
  ops::ConvGeometry geometry;
  Requantizer requantizer;
  DepthwiseRun<int32_t> run = nullptr;
  size_t rows = 0;                         // that are held
  Storage<int32_t> filter, widened, sums;  // sums: one line
};

// |(input - zero point) * (weight - zero point)| <= 255 * 255: with so many taps a sum does not overflow.
constexpr size_t kMostTaps = 32768;

bool supports(ops::Context& ctx) {
  const ops::Tensor &input = ctx.input(0), &filter = ctx.input(1);
  const auto& state = ctx.state<ops::ConvState>();
  return (input.dtype == DType::kInt8 || input.dtype == DType::kUInt8) && filter.constant && can_requantize(state.requantize) &&
         state.geometry.group_out == 1 && filter.elements() / state.geometry.out_channels <= kMostTaps;
}

Result<void> prepare(ops::Context& ctx) {
  ops::ConvState reference = std::move(ctx.state<ops::ConvState>());
  auto& s = ctx.make_state<State>();
  const ops::ConvGeometry& g = s.geometry = reference.geometry;
  s.run = depthwise_run<int32_t>();
  const int64_t window = int64_t{g.y.filter - 1} * g.y.dilation + 1;
  s.rows = static_cast<size_t>(std::min<int64_t>(window, g.y.in));
  const ops::Tensor& filter = ctx.input(1);
  const size_t weights = filter.elements();
  WHYZERO_TRY(s.requantizer.prepare(ctx, reference.requantize, g.out_channels));
  WHYZERO_TRY(s.filter.allocate(ctx, weights));
  WHYZERO_TRY(s.widened.allocate(ctx, s.rows * static_cast<size_t>(g.x.in) * g.in_channels));
  WHYZERO_TRY(s.sums.allocate(ctx, static_cast<size_t>(g.x.out) * g.out_channels + kPanel));
  if (filter.dtype == DType::kUInt8) {
    for (size_t k = 0; k < weights; ++k) s.filter.data()[k] = filter.as<uint8_t>()[k] - filter.zero_point();
  } else {
    std::copy_n(ops::filter_values(filter, reference.unpacked), weights, s.filter.data());
  }
  return {};
}

template <class T>
void run(ops::Context& ctx, State& s) {
  const ops::ConvGeometry& g = s.geometry;
  const size_t row_size = static_cast<size_t>(g.x.in) * g.in_channels, width = static_cast<size_t>(g.x.out);
  const auto widen_row = widen<T, int32_t>();
  const auto requantize = requantize_rows<T>();
  DepthwiseLine<int32_t> line;
  line.geometry = &g;
  line.in = s.widened.data();
  line.in_rows = s.rows;
  line.filter = s.filter.data();
  line.sums = s.sums.data();
  T* out = ctx.output(0).as<T>();
  for (size_t b = 0; b < g.batches; ++b) {
    const T* in = ctx.input(0).as<T>() + b * g.inputs();
    int64_t next = 0;  // row to widen
    for (int32_t y = 0; y < g.y.out; ++y, out += width * g.out_channels) {
      const int64_t first = int64_t{y} * g.y.stride - g.y.pad;
      const int64_t end = std::min<int64_t>(g.y.in, first + int64_t{g.y.filter - 1} * g.y.dilation + 1);
      for (next = std::max(next, first); next < end; ++next)
        widen_row(in + static_cast<size_t>(next) * row_size, 1, row_size, ctx.input(0).zero_point(),
                  s.widened.data() + static_cast<size_t>(next) % s.rows * row_size, row_size);
      s.run(line, y);
      requantize(s.requantizer, s.sums.data(), width, g.out_channels, out);
    }
  }
}

Result<void> eval(ops::Context& ctx) {
  auto& s = ctx.state<State>();
  s.requantizer.load_bias(ctx, 2, s.geometry.out_channels, s.geometry.out_channels);
  if (ctx.input(0).dtype == DType::kUInt8) run<uint8_t>(ctx, s);
  else run<int8_t>(ctx, s);
  return {};
}

}  // namespace

extern constinit const Kernel unit_q8_depthwise_conv_2d_direct{.name = "q8_depthwise_conv_2d_direct",
                                                               .builtin = schema::BuiltinOperator_DEPTHWISE_CONV_2D,
                                                               .supports = supports,
                                                               .prepare = prepare,
                                                               .eval = eval};

}  // namespace whyzero::fast
