// PAD and PADV2.
#pragma once

#include "ops/common/shapes.h"

namespace whyzero::ops {

/// `inputs`: 2, or 3 where the value is given.
Result<void> prepare_padding(Context& ctx, int inputs);
Result<void> eval_padding(Context& ctx);

/// Pairs of elements before and behind, one pair a dimension; kMalformed where there is another number of them or one is
/// negative.
Result<std::vector<int64_t>> read_paddings(const Context& ctx, const Tensor& paddings, int rank);

}  // namespace whyzero::ops
