// The indices of STABLEHLO_GATHER and STABLEHLO_SCATTER: vectors along one dimension of a tensor, one for each place of the
// others.
#pragma once

#include <vector>

#include "graph/options.h"
#include "ops/common/shapes.h"

namespace whyzero::ops {

using DimensionList = flatbuffers::Vector<int64_t>;

/// Dimensions below `rank`, each once; kMalformed otherwise. `what` is a word for the message.
Result<std::vector<size_t>> dimension_list(const Context& ctx, const DimensionList* list, size_t rank, const char* what);

struct IndexVectors {
  Shape batch;                  // the dimensions without that of the vectors
  size_t depth = 1;             // of a vector
  size_t count = 1;             // of vectors
  std::vector<int64_t> values;  // vector after vector; empty until read_index_vectors
};

/// The shapes alone. `dim` may be one behind the last dimension: every index is a vector of one then.
Result<IndexVectors> index_vector_shape(const Context& ctx, const Tensor& indices, int64_t dim);
Result<IndexVectors> read_index_vectors(const Context& ctx, const Tensor& indices, int64_t dim);

}  // namespace whyzero::ops
