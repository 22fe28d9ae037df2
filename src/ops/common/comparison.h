// Comparisons of two broadcast inputs. Quantized values are brought to one scale before they are compared.
#pragma once

#include <functional>
#include <string_view>

#include "graph/options.h"
#include "ops/common/binary.h"
#include "ops/common/strings.h"

namespace whyzero::ops {

struct ComparisonState {
  Broadcast<2> plan;
  bool quantized = false;
  int32_t zero_a = 0, zero_b = 0;
  Multiplier a, b;
};

constexpr int kComparisonShift = 8;

/// `equality`: bool and strings can be compared too.
Result<void> prepare_comparison(Context& ctx, bool equality);
template <bool equality>
Result<void> prepare_comparison(Context& ctx) {
  return prepare_comparison(ctx, equality);
}

template <class Compare>
Result<void> eval_comparison(Context& ctx) {
  const auto& s = ctx.state<ComparisonState>();
  const Compare compare{};
  const DType dtype = ctx.input(0).dtype;
  if (dtype == DType::kString) {
    WHYZERO_ASSIGN(const auto a, read_strings(ctx.input(0)));
    WHYZERO_ASSIGN(const auto b, read_strings(ctx.input(1)));
    uint8_t* out = ctx.output(0).data;
    for_each(s.plan, [&](size_t i, const std::array<size_t, 2>& at) { out[i] = compare(a[at[0]], b[at[1]]); });
  } else if (dtype == DType::kBool) {
    map2<uint8_t, uint8_t>(ctx, s.plan, [&](uint8_t a, uint8_t b) { return compare(a != 0, b != 0); });
  } else if (dtype == DType::kFloat16) {
    map2<Half, uint8_t>(ctx, s.plan, [&](Half a, Half b) { return compare(static_cast<float>(a), static_cast<float>(b)); });
  } else if (s.quantized) {
    dispatch(dtype, QuantizedTypes{}, [&]<class T>() {
      map2<T, uint8_t>(ctx, s.plan, [&](T a, T b) {
        return compare(multiply(shift_left_wrapping(a - s.zero_a, kComparisonShift), s.a),
                       multiply(shift_left_wrapping(b - s.zero_b, kComparisonShift), s.b));
      });
    });
  } else {
    dispatch(dtype, Types<float, int8_t, uint8_t, int16_t, int32_t, int64_t>{},
             [&]<class T>() { map2<T, uint8_t>(ctx, s.plan, [&](T a, T b) { return compare(a, b); }); });
  }
  return {};
}

}  // namespace whyzero::ops
