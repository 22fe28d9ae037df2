// Reductions along axes: sum, mean, product, extremes, any, all.
#pragma once

#include "ops/common/broadcast.h"
#include "ops/common/quantized.h"
#include "ops/common/shapes.h"

namespace whyzero::ops {

enum class Reduction { kSum, kMean, kProduct, kMaximum, kMinimum, kAny, kAll };

Result<void> prepare_reduction(Context& ctx, Reduction reduction);
Result<void> eval_reduction(Context& ctx, Reduction reduction);

template <Reduction reduction>
Result<void> prepare_reduction(Context& ctx) {
  return prepare_reduction(ctx, reduction);
}
template <Reduction reduction>
Result<void> eval_reduction(Context& ctx) {
  return eval_reduction(ctx, reduction);
}

}  // namespace whyzero::ops
