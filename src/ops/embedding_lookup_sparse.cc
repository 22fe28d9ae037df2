// EMBEDDING_LOOKUP_SPARSE: weighted rows of a table, summed up in the cell that the indices of each name; all but the last index
// count, so that the entries of a row of a sparse matrix share a cell.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ops/common/shapes.h"

namespace whyzero::ops {
namespace {

enum Input { kIds, kIndices, kDenseShape, kWeights, kTable };

Result<Shape> output_shape(Context& ctx) {
  WHYZERO_ASSIGN(const auto dense, integers(ctx, ctx.input(kDenseShape)));
  const Tensor& table = ctx.input(kTable);
  Shape shape;
  for (size_t d = 0; d + 1 < dense.size(); ++d) {
    WHYZERO_ASSIGN(const int32_t size, dimension(ctx, dense[d]));
    shape.push_back(size);
  }
  shape.insert(shape.end(), table.shape.begin() + 1, table.shape.end());
  return shape;
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(5, 5, 1, 1));
  for (int k = 0; k < 5; ++k) WHYZERO_TRY(ctx.expect_input(k));
  for (int k : {kIds, kIndices, kDenseShape}) WHYZERO_TRY(ctx.expect_dtype(ctx.input(k), {DType::kInt32}));
  for (int k : {kIds, kDenseShape, kWeights}) WHYZERO_TRY(ctx.expect_rank(ctx.input(k), 1, 1));
  WHYZERO_TRY(ctx.expect_rank(ctx.input(kIndices), 2, 2));
  WHYZERO_TRY(ctx.expect_rank(ctx.input(kTable), 2, 1 << 16));
  for (int k : {kWeights, kTable}) WHYZERO_TRY(ctx.expect_dtype(ctx.input(k), {DType::kFloat32}));
  WHYZERO_TRY(ctx.expect_dtype(ctx.output(0), {DType::kFloat32}));
  const int32_t count = ctx.input(kIds).dim(0), rank = ctx.input(kDenseShape).dim(0);
  if (ctx.input(kIndices).dim(0) != count || ctx.input(kWeights).dim(0) != count || ctx.input(kIndices).dim(1) != rank ||
      rank < 1)
    return ctx.error(ErrorCode::kMalformed, fmt::format("{} ids do not fit indices {} and weights {}", count,
                                                        ctx.input(kIndices).label(), ctx.input(kWeights).label()));
  return prepare_shape(ctx, {kDenseShape}, output_shape);
}

/// Divides a finished cell as the combiner says.
void finish(schema::CombinerType combiner, float weights, float squares, std::span<float> cell) {
  if (combiner == schema::CombinerType_SUM) return;
  const float divisor = combiner == schema::CombinerType_MEAN ? weights : std::sqrt(squares);
  for (float& value : cell) value /= divisor;
}

Result<void> eval(Context& ctx) {
  WHYZERO_TRY(settle_shape(ctx, output_shape));
  const Tensor& table = ctx.input(kTable);
  const Tensor& indices = ctx.input(kIndices);
  Tensor& output = ctx.output(0);
  const auto combiner = ctx.options<schema::EmbeddingLookupSparseOptions>().combiner();
  const size_t width = element_count({table.shape.begin() + 1, table.shape.end()}), rank = static_cast<size_t>(indices.dim(1));
  std::fill_n(output.as<float>(), output.elements(), 0.0f);
  std::span<float> cell;  // the one that is being summed
  float weights = 0, squares = 0;
  for (size_t k = 0; k < ctx.input(kIds).elements(); ++k) {
    size_t number = 0;
    for (size_t d = 0; d + 1 < rank; ++d) {
      const int32_t index = indices.as<int32_t>()[k * rank + d];
      if (index < 0 || index >= output.shape[d])
        return ctx.error(ErrorCode::kInvalidArgument, fmt::format("index {} in row {} of {} lies outside of dimension {} of {}",
                                                                  index, k, indices.label(), d, output.shape[d]));
      number = number * static_cast<size_t>(output.shape[d]) + static_cast<size_t>(index);
    }
    const int32_t id = ctx.input(kIds).as<int32_t>()[k];
    if (id < 0 || id >= table.dim(0))
      return ctx.error(ErrorCode::kInvalidArgument,
                       fmt::format("id {} lies outside of the {} rows of table {}", id, table.dim(0), table.label()));
    const std::span<float> next(output.as<float>() + number * width, width);
    if (k > 0 && next.data() != cell.data()) {
      finish(combiner, weights, squares, cell);
      weights = squares = 0;
    }
    cell = next;
    const float weight = ctx.input(kWeights).as<float>()[k];
    weights += weight;
    squares += weight * weight;
    const float* row = table.as<float>() + static_cast<size_t>(id) * width;
    for (size_t i = 0; i < width; ++i) cell[i] += row[i] * weight;
  }
  finish(combiner, weights, squares, cell);
  return {};
}

}  // namespace

extern constinit const Operator unit_embedding_lookup_sparse{.name = "EMBEDDING_LOOKUP_SPARSE",
                                                             .builtin = schema::BuiltinOperator_EMBEDDING_LOOKUP_SPARSE,
                                                             .max_version = 1,
                                                             .prepare = prepare,
                                                             .eval = eval};

}  // namespace whyzero::ops
