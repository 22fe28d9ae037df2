// Operators of two broadcast inputs: contract, the loop, and the quantized sum that ADD and SUB share.
#pragma once

#include <complex>

#include "numerics/half.h"
#include "ops/common/broadcast.h"
#include "ops/common/dispatch.h"
#include "ops/common/quantized.h"

namespace whyzero::ops {

/// Demands on the output's type that are no type: the inputs' own; one that the operator checks itself.
constexpr DType kSameType = DType::kVariant, kAnyType = DType::kResource;

/// Two inputs of one allowed type and one output, of that type too unless `output` names another; shape and broadcast are set.
Result<Broadcast<2>> prepare_broadcast(Context& ctx, std::initializer_list<DType> allowed, DType output = kSameType);

template <class In, class Out, class F>
void map2(Context& ctx, const Broadcast<2>& plan, F&& f) {
  const In* a = ctx.input(0).as<In>();
  const In* b = ctx.input(1).as<In>();
  Out* out = ctx.output(0).as<Out>();
  for_each(plan, [&](size_t i, const std::array<size_t, 2>& at) { out[i] = static_cast<Out>(f(a[at[0]], b[at[1]])); });
}

/// int8 and uint8 always, int16 where the tensors have scales: values stand for reals.
bool is_quantized(const Tensor& tensor);

struct ArithmeticState {
  Broadcast<2> plan;
  Range<float> range{};            // floats
  Range<int64_t> integer_range{};  // plain integers
  Range<int32_t> stored_range{};   // quantized values
  int32_t zero_a = 0, zero_b = 0, zero_out = 0;
  Multiplier a, b, out;
  int left_shift = 0;

  int32_t store(int64_t value) const {
    return static_cast<int32_t>(std::clamp<int64_t>(value + zero_out, stored_range.low, stored_range.high));
  }
};

/// Contract of ADD, SUB, MUL and DIV; zero points and limits are set, multipliers are the operator's business.
Result<void> prepare_arithmetic(Context& ctx, ArithmeticState& state, std::initializer_list<DType> allowed, int activation,
                                DType output = kSameType);
/// Brings both inputs to a common scale, wide enough that the sum keeps its precision.
void prepare_sum(Context& ctx, ArithmeticState& state);
/// a + sign * b.
Result<void> eval_sum(Context& ctx, const ArithmeticState& state, int sign);

/// Calls f on float, float16 and plain integers with the activation's limits; quantized types are the caller's.
template <class F>
void eval_plain(Context& ctx, const ArithmeticState& s, F&& f) {
  switch (ctx.input(0).dtype) {
    case DType::kFloat32:
      map2<float, float>(ctx, s.plan, [&](float a, float b) { return clamp(f(a, b), s.range); });
      break;
    case DType::kFloat16:
      map2<Half, Half>(ctx, s.plan,
                       [&](Half a, Half b) { return clamp(f(static_cast<float>(a), static_cast<float>(b)), s.range); });
      break;
    default:
      dispatch(ctx.input(0).dtype, Types<int16_t, int32_t, int64_t, uint32_t>{}, [&]<class T>() {
        map2<T, T>(ctx, s.plan, [&](T a, T b) {
          return std::clamp(static_cast<int64_t>(static_cast<T>(f(a, b))), s.integer_range.low, s.integer_range.high);
        });
      });
  }
}

/// Sum, difference and product that wrap where integers overflow.
struct WrappingAdd {
  float operator()(float a, float b) const { return a + b; }
  template <class T>
  uint64_t operator()(T a, T b) const {
    return static_cast<uint64_t>(a) + static_cast<uint64_t>(b);
  }
};
struct WrappingSubtract {
  float operator()(float a, float b) const { return a - b; }
  template <class T>
  uint64_t operator()(T a, T b) const {
    return static_cast<uint64_t>(a) - static_cast<uint64_t>(b);
  }
};
struct WrappingMultiply {
  float operator()(float a, float b) const { return a * b; }
  template <class T>
  uint64_t operator()(T a, T b) const {
    return static_cast<uint64_t>(a) * static_cast<uint64_t>(b);
  }
};

}  // namespace whyzero::ops
