// Combining values by a subgraph of two scalars, as STABLEHLO_SCATTER and STABLEHLO_REDUCE_WINDOW do.
#pragma once

#include <span>

#include "ops/operator.h"

namespace whyzero::ops {

/// so_far[i] = subgraph(so_far[i], values[i]). The subgraph runs once, on all elements side by side: what it does to a pair of
/// scalars it does to every element of two vectors.
Result<void> combine_by_subgraph(Context& ctx, int subgraph, DType dtype, std::span<uint8_t> so_far,
                                 std::span<const uint8_t> values);

}  // namespace whyzero::ops
