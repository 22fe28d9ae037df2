// Activations that hold their input to fixed limits (RELU and its kin).
#pragma once

#include "ops/common/elementwise.h"

namespace whyzero::ops {

constexpr float kNoLimit = std::numeric_limits<float>::infinity();

Result<void> prepare_clipping(Context& ctx, Range<float> limits);
Result<void> eval_clipping(Context& ctx, Range<float> limits);

template <Range<float> limits>
Result<void> prepare_clipping(Context& ctx) {
  return prepare_clipping(ctx, limits);
}
template <Range<float> limits>
Result<void> eval_clipping(Context& ctx) {
  return eval_clipping(ctx, limits);
}

}  // namespace whyzero::ops
