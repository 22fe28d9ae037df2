// Reading index vectors in the order of their places.
#include "ops/common/index_vectors.h"

#include <fmt/format.h>

#include <algorithm>

#include "graph/lists.h"

namespace whyzero::ops {

Result<std::vector<size_t>> dimension_list(const Context& ctx, const DimensionList* list, size_t rank, const char* what) {
  std::vector<size_t> dims;
  for (int64_t dim : graph::elements(list)) {
    const auto d = static_cast<size_t>(dim);
    if (dim < 0 || d >= rank || std::find(dims.begin(), dims.end(), d) != dims.end())
      return ctx.error(ErrorCode::kMalformed, fmt::format("{} names dimension {} of {} or names it twice", what, dim, rank));
    dims.push_back(d);
  }
  return dims;
}

Result<IndexVectors> index_vector_shape(const Context& ctx, const Tensor& indices, int64_t dim) {
  if (dim < 0 || dim > indices.rank())
    return ctx.error(ErrorCode::kMalformed, fmt::format("index vectors along dimension {} of {}, which has {} dimensions", dim,
                                                        indices.label(), indices.rank()));
  IndexVectors vectors;
  vectors.batch = indices.shape;
  if (dim < indices.rank()) {
    vectors.depth = static_cast<size_t>(indices.dim(static_cast<int>(dim)));
    vectors.batch.erase(vectors.batch.begin() + dim);
  }
  vectors.count = element_count(vectors.batch);
  return vectors;
}

Result<IndexVectors> read_index_vectors(const Context& ctx, const Tensor& indices, int64_t dim) {
  WHYZERO_ASSIGN(IndexVectors vectors, index_vector_shape(ctx, indices, dim));
  WHYZERO_ASSIGN(const auto values, integers(ctx, indices));
  vectors.values.resize(values.size());
  Shape shape = indices.shape;
  std::vector<int64_t> strides = dense_strides(shape);
  if (dim < indices.rank()) {
    std::rotate(shape.begin() + dim, shape.begin() + dim + 1, shape.end());
    std::rotate(strides.begin() + dim, strides.begin() + dim + 1, strides.end());
  }
  copy_strided(reinterpret_cast<const uint8_t*>(values.data()), 0, strides, shape, sizeof(int64_t),
               reinterpret_cast<uint8_t*>(vectors.values.data()));
  return vectors;
}

}  // namespace whyzero::ops
