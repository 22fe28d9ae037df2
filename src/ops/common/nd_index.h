// Rows of indices that name parts of a tensor: GATHER_ND and SCATTER_ND.
#pragma once

#include <vector>

#include "ops/common/shapes.h"

namespace whyzero::ops {

struct NdIndex {
  std::vector<size_t> parts;  // number of the part that each row names, counted through the tensor
  size_t part = 1;            // elements of a part
};

/// A row has as many indices as the last dimension of `rows`; kInvalidArgument for one outside of `shape`.
Result<NdIndex> nd_index(Context& ctx, const std::vector<int64_t>& indices, const Tensor& rows, const Shape& shape);

}  // namespace whyzero::ops
