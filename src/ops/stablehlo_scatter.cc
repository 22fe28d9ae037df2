// STABLEHLO_SCATTER: the operand, whose elements a subgraph combines with updates at the places that index vectors name; what
// lies outside of the operand is left out.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "ops/common/combine.h"
#include "ops/common/index_vectors.h"
#include "ops/common/scratch.h"

namespace whyzero::ops {
namespace {

struct Plan {
  IndexVectors vectors;
  std::vector<size_t> starts;  // dimensions of the operand that the index vectors name
  std::vector<size_t> window;  // dimensions of the updates within a window, and the operand's dimension of each
  std::vector<size_t> target;
};

Result<Plan> make_plan(Context& ctx) {
  const auto& options = ctx.options<schema::StablehloScatterOptions>();
  const Tensor& updates = ctx.input(2);
  const auto rank = static_cast<size_t>(ctx.input(0).rank()), update_rank = static_cast<size_t>(updates.rank());
  Plan plan;
  WHYZERO_ASSIGN(plan.vectors, index_vector_shape(ctx, ctx.input(1), options.index_vector_dim()));
  WHYZERO_ASSIGN(plan.window, dimension_list(ctx, options.update_window_dims(), update_rank, "update_window_dims"));
  WHYZERO_ASSIGN(const auto inserted, dimension_list(ctx, options.inserted_window_dims(), rank, "inserted_window_dims"));
  WHYZERO_ASSIGN(plan.starts, dimension_list(ctx, options.scatter_dims_to_operand_dims(), rank, "scatter_dims_to_operand_dims"));
  for (size_t d = 0; d < rank; ++d)
    if (std::find(inserted.begin(), inserted.end(), d) == inserted.end()) plan.target.push_back(d);
  Shape batch;
  for (size_t d = 0; d < update_rank; ++d)
    if (std::find(plan.window.begin(), plan.window.end(), d) == plan.window.end()) batch.push_back(updates.shape[d]);
  if (batch != plan.vectors.batch || plan.target.size() != plan.window.size() || plan.starts.size() != plan.vectors.depth ||
      !std::is_sorted(plan.window.begin(), plan.window.end()))
    return ctx.error(
        ErrorCode::kMalformed,
        fmt::format("updates {} with {} window dimensions and indices {} do not fit operand {} with {}", updates.label(),
                    plan.window.size(), ctx.input(1).label(), ctx.input(0).label(), plan.target.size()));
  return plan;
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(3, 3, 1, 1));
  for (int k = 0; k < 3; ++k) WHYZERO_TRY(ctx.expect_input(k));
  WHYZERO_TRY(expect_movable(ctx, ctx.input(0)));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(1), {DType::kInt32, DType::kInt64}));
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.input(2)));
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.output(0)));
  WHYZERO_TRY(make_plan(ctx));
  return ctx.resize_output(0, ctx.input(0).shape);
}

struct Pair {
  size_t element = 0, update = 0;
  size_t round = 0;  // updates of the same element before this one
};

/// Which update goes to which element, sorted by rounds in which no element occurs twice.
Result<std::vector<Pair>> find_pairs(Context& ctx, const Plan& plan, const IndexVectors& vectors) {
  const Tensor& operand = ctx.input(0);
  const Tensor& updates = ctx.input(2);
  const std::vector<int64_t> strides = dense_strides(updates.shape), to = dense_strides(operand.shape);
  WHYZERO_ASSIGN(auto pairs, scratch<Pair>(ctx, updates.elements()));
  WHYZERO_ASSIGN(auto seen, scratch<size_t>(ctx, operand.elements()));
  size_t found = 0;
  std::vector<int64_t> place(operand.shape.size());
  for (size_t k = 0; k < updates.elements(); ++k) {
    auto index = [&](size_t d) { return static_cast<int64_t>(k) / strides[d] % updates.shape[d]; };
    size_t number = 0;
    for (size_t d = 0; d < strides.size(); ++d)
      if (std::find(plan.window.begin(), plan.window.end(), d) == plan.window.end())
        number = number * static_cast<size_t>(updates.shape[d]) + static_cast<size_t>(index(d));
    std::fill(place.begin(), place.end(), 0);
    for (size_t w = 0; w < plan.window.size(); ++w) place[plan.target[w]] = index(plan.window[w]);
    size_t element = 0;
    bool inside = true;
    for (size_t i = 0; i < vectors.depth && inside; ++i) {
      const int64_t start = vectors.values[number * vectors.depth + i];
      inside = start >= 0 && start < operand.shape[plan.starts[i]];
      if (inside) place[plan.starts[i]] += start;
    }
    for (size_t d = 0; d < place.size() && inside; ++d) {
      inside = place[d] < operand.shape[d];
      element += static_cast<size_t>(place[d] * to[d]);
    }
    if (inside) pairs[found++] = {element, k, seen[element]++};
  }
  pairs.resize(found);
  std::stable_sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) { return a.round < b.round; });
  return pairs;
}

Result<void> eval(Context& ctx) {
  Tensor& output = ctx.output(0);
  const auto& options = ctx.options<schema::StablehloScatterOptions>();
  WHYZERO_ASSIGN(const Plan plan, make_plan(ctx));
  WHYZERO_ASSIGN(const IndexVectors vectors, read_index_vectors(ctx, ctx.input(1), options.index_vector_dim()));
  std::memcpy(output.data, ctx.input(0).data, output.bytes);
  WHYZERO_ASSIGN(const auto pairs, find_pairs(ctx, plan, vectors));
  const size_t bytes = dtype_size(output.dtype);
  WHYZERO_ASSIGN(auto so_far, scratch<uint8_t>(ctx, pairs.size() * bytes));
  WHYZERO_ASSIGN(auto values, scratch<uint8_t>(ctx, pairs.size() * bytes));
  for (size_t first = 0, last = 0; first < pairs.size(); first = last) {
    while (last < pairs.size() && pairs[last].round == pairs[first].round) {
      const size_t k = (last - first) * bytes;
      std::memcpy(so_far.data() + k, output.data + pairs[last].element * bytes, bytes);
      std::memcpy(values.data() + k, ctx.input(2).data + pairs[last].update * bytes, bytes);
      ++last;
    }
    const size_t size = (last - first) * bytes;
    WHYZERO_TRY(combine_by_subgraph(ctx, options.update_computation_subgraph_index(), output.dtype, {so_far.data(), size},
                                    {values.data(), size}));
    for (size_t k = first; k < last; ++k)
      std::memcpy(output.data + pairs[k].element * bytes, so_far.data() + (k - first) * bytes, bytes);
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_stablehlo_scatter{.name = "STABLEHLO_SCATTER",
                                                       .builtin = schema::BuiltinOperator_STABLEHLO_SCATTER,
                                                       .max_version = 1,
                                                       .prepare = prepare,
                                                       .eval = eval};

}  // namespace whyzero::ops
