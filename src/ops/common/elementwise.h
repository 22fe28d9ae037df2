// Operators of one input that treat every element on its own: contract, loops, and tables for 8- and 16-bit integers.
#pragma once

#include <array>
#include <cmath>
#include <functional>
#include <type_traits>

#include "numerics/half.h"
#include "ops/common/dispatch.h"
#include "ops/common/quantized.h"
#include "ops/operator.h"

namespace whyzero::ops {

/// One input and one output of the same allowed type; the output gets the input's shape.
Result<void> prepare_elementwise(Context& ctx, std::initializer_list<DType> allowed);
/// int8, uint8 and int16 tensors need scales on both sides.
Result<void> expect_quantized_both(Context& ctx);

template <class T, class F>
void map(Context& ctx, F&& f) {
  const T* in = ctx.input(0).as<T>();
  T* out = ctx.output(0).as<T>();
  for (size_t k = 0, count = ctx.input(0).elements(); k < count; ++k) out[k] = static_cast<T>(f(in[k]));
}

/// A real function on quantized values: exact for 8 bits, 513 points and straight lines between them for int16.
struct FunctionTable {
  std::array<int32_t, 256> exact{};
  std::array<int16_t, 513> points{};
};
using RealFunction = float (*)(float);
/// `ties_to_even`: 8-bit results are rounded after the zero point is added; otherwise before, and ties away from zero.
FunctionTable make_table(const Tensor& input, const Tensor& output, const std::function<float(float)>& f,
                         bool ties_to_even = false);
/// The int16 table of f on [low, high] whose results lie in [out_low, out_high].
FunctionTable make_table_between(double low, double high, double out_low, double out_high,
                                 const std::function<double(double)>& f);
int16_t look_up(const std::array<int16_t, 513>& points, int16_t value);
void apply_table(Context& ctx, const FunctionTable& table);

/// float32 and float16 by the function itself, int8, uint8 and int16 by a table of it.
template <RealFunction f>
Result<void> prepare_function(Context& ctx, std::initializer_list<DType> allowed) {
  WHYZERO_TRY(prepare_elementwise(ctx, allowed));
  if (dtype_is_float(ctx.input(0).dtype)) return {};
  WHYZERO_TRY(expect_quantized_both(ctx));
  ctx.make_state<FunctionTable>() = make_table(ctx.input(0), ctx.output(0), f);
  return {};
}

template <RealFunction f>
Result<void> eval_function(Context& ctx) {
  if (ctx.input(0).dtype == DType::kFloat32)
    map<float>(ctx, f);
  else if (ctx.input(0).dtype == DType::kFloat16)
    map<Half>(ctx, [](Half x) { return f(static_cast<float>(x)); });
  else
    apply_table(ctx, ctx.state<FunctionTable>());
  return {};
}

/// Quantized value → quantized value of another scale, as a linear function with limits (RELU and its kin).
struct Rescaling {
  Multiplier multiplier;
  int32_t in_zero_point = 0, out_zero_point = 0;
  Range<int32_t> range{};
};
/// Checks both tensors' quantization; limits are those of the output's type.
Result<Rescaling> make_rescaling(Context& ctx);
/// Stores f(integer value without zero point) + zero point, held to the limits; f gives int32.
template <class T, class F>
void map_quantized(Context& ctx, const Rescaling& r, F&& f) {
  map<T>(ctx, [&](T x) {
    const int64_t value = int64_t{f(int32_t{x} - r.in_zero_point)} + r.out_zero_point;
    return static_cast<T>(std::clamp<int64_t>(value, r.range.low, r.range.high));
  });
}

}  // namespace whyzero::ops
