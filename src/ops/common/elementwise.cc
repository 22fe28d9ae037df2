// Contract of elementwise operators, and the tables that stand for real functions of integers.
#include "ops/common/elementwise.h"

namespace whyzero::ops {
namespace {

/// Real is the type that the reference computes such a table with.
template <class Real, class F>
std::array<int16_t, 513> table_points(Real low, Real high, Real out_low, Real out_high, const F& f) {
  std::array<int16_t, 513> points{};
  const Real step = (high - low) / 512, half_step = step / 2, inverse = 65536 / (out_high - out_low);
  auto stored = [](Real x) { return static_cast<int16_t>(std::clamp(saturating_round(static_cast<double>(x)), -32768, 32767)); };
  // The logarithm of what is not positive is the lowest value.
  auto at_points = [&](Real x) {
    const Real y = f(x);
    return (std::isnan(y) || y == -std::numeric_limits<Real>::infinity() ? out_low : y) * inverse;
  };
  for (int k = 0; k < 512; ++k) {
    const Real at = low + static_cast<Real>(k) * step;
    const Real here = at_points(at), middle = at_points(at + half_step), next = at_points(low + static_cast<Real>(k + 1) * step);
    // Each point is moved by half the error that a straight line makes between it and the next.
    const Real point = std::round(here);
    const Real line = std::round((next + point) / 2);
    const Real bias = std::round((line - std::round(middle)) / 2);
    points[static_cast<size_t>(k)] = stored(point - bias);
  }
  points[512] = stored(std::round(at_points(high)));
  return points;
}

}  // namespace

Result<void> prepare_elementwise(Context& ctx, std::initializer_list<DType> allowed) {
  WHYZERO_TRY(ctx.expect_arity(1, 1, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), allowed));
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.output(0)));
  return ctx.resize_output(0, ctx.input(0).shape);
}

Result<void> expect_quantized_both(Context& ctx) {
  WHYZERO_TRY(ctx.expect_quantized(ctx.input(0)));
  return ctx.expect_quantized(ctx.output(0));
}

FunctionTable make_table(const Tensor& input, const Tensor& output, const std::function<float(float)>& f, bool ties_to_even) {
  FunctionTable table;
  if (input.dtype != DType::kInt16) {
    const Range<int32_t> in = storage_range(input.dtype), out = storage_range(output.dtype);
    const float inverse = 1.0f / output.scale();
    for (int32_t q = in.low; q <= in.high; ++q) {
      const float real = f(input.scale() * static_cast<float>(q - input.zero_point()));
      const auto zero = static_cast<float>(output.zero_point());
      const float stored = ties_to_even ? std::nearbyint(real * inverse + zero) : std::round(real * inverse) + zero;
      // NaN and what lies beyond int32 are the lowest value, as the conversion on x86 has them.
      const bool fits = stored >= -0x1p31f && stored < 0x1p31f;
      table.exact[static_cast<size_t>(q - in.low)] = fits ? std::clamp(saturating_round(stored), out.low, out.high) : out.low;
    }
    return table;
  }
  auto ends = [](const Tensor& t) {
    return std::pair{t.scale() * static_cast<float>(-32768 - t.zero_point()),
                     t.scale() * static_cast<float>(32767 - t.zero_point())};
  };
  const auto [low, high] = ends(input);
  const auto [out_low, out_high] = ends(output);
  table.points = table_points<float>(low, high, out_low, out_high, f);
  return table;
}

FunctionTable make_table_between(double low, double high, double out_low, double out_high,
                                 const std::function<double(double)>& f) {
  FunctionTable table;
  table.points = table_points<double>(low, high, out_low, out_high, f);
  return table;
}

int16_t look_up(const std::array<int16_t, 513>& points, int16_t value) {
  const size_t index = static_cast<size_t>(256 + (value >> 7));
  const int32_t offset = value & 0x7f;
  const int32_t slope = points[index + 1] - points[index];
  return static_cast<int16_t>(points[index] + ((slope * offset + 64) >> 7));
}

void apply_table(Context& ctx, const FunctionTable& table) {
  switch (ctx.input(0).dtype) {
    case DType::kInt8:
      map<int8_t>(ctx, [&](int8_t q) { return table.exact[static_cast<size_t>(q + 128)]; });
      break;
    case DType::kUInt8:
      map<uint8_t>(ctx, [&](uint8_t q) { return table.exact[q]; });
      break;
    default:
      map<int16_t>(ctx, [&](int16_t q) { return look_up(table.points, q); });
      break;
  }
}

Result<Rescaling> make_rescaling(Context& ctx) {
  WHYZERO_TRY(expect_quantized_both(ctx));
  const Tensor& input = ctx.input(0);
  const Tensor& output = ctx.output(0);
  return Rescaling{multiplier_from_real(static_cast<double>(input.scale() / output.scale())), input.zero_point(),
                   output.zero_point(), storage_range(output.dtype)};
}

}  // namespace whyzero::ops
