// SEGMENT_SUM and the UNSORTED_SEGMENT operators: rows of the input combined into the segment that each belongs to.
#pragma once

#include <limits>

#include "ops/common/dispatch.h"
#include "ops/common/shapes.h"

namespace whyzero::ops {

Result<void> prepare_unsorted_segments(Context& ctx);
/// Gives a dynamic output its shape and checks the numbers of the segments; negative ones belong to none.
Result<void> settle_unsorted_segments(Context& ctx);

/// Every segment starts as `start`; combine(so far, value).
template <class T, class Combine>
void combine_segments(const Tensor& input, const Tensor& segments, Tensor& output, T start, Combine&& combine) {
  T* out = output.as<T>();
  std::fill_n(out, output.elements(), start);
  if (output.elements() == 0 || segments.elements() == 0) return;
  const size_t width = input.elements() / segments.elements();
  for (size_t k = 0; k < segments.elements(); ++k) {
    const int32_t segment = segments.as<int32_t>()[k];
    if (segment < 0) continue;
    const T* row = input.as<T>() + k * width;
    T* sum = out + static_cast<size_t>(segment) * width;
    for (size_t i = 0; i < width; ++i) sum[i] = combine(sum[i], row[i]);
  }
}

/// The sum and product of integers wrap.
struct SegmentSum {
  float operator()(float a, float b) const { return a + b; }
  int32_t operator()(int32_t a, int32_t b) const {
    return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
  }
};
struct SegmentProduct {
  float operator()(float a, float b) const { return a * b; }
  int32_t operator()(int32_t a, int32_t b) const {
    return static_cast<int32_t>(static_cast<uint32_t>(a) * static_cast<uint32_t>(b));
  }
};

/// eval of an UNSORTED_SEGMENT operator: start(limits of the type), combine(so far, value).
template <class Start, class Combine>
Result<void> eval_unsorted_segments(Context& ctx, Start&& start, Combine&& combine) {
  WHYZERO_TRY(settle_unsorted_segments(ctx));
  dispatch(ctx.input(0).dtype, Types<float, int32_t>{}, [&]<class T>() {
    combine_segments<T>(ctx.input(0), ctx.input(1), ctx.output(0), static_cast<T>(start(std::numeric_limits<T>{})), combine);
  });
  return {};
}

}  // namespace whyzero::ops
