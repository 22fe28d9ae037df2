// STABLEHLO_GATHER: slices of the operand at the places that index vectors name; a slice that would stick out is moved inside.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "graph/lists.h"
#include "ops/common/index_vectors.h"

namespace whyzero::ops {
namespace {

struct Plan {
  IndexVectors vectors;
  std::vector<size_t> collapsed, starts;  // dimensions of the operand
  std::vector<int64_t> slice;             // size along each of them
  Shape shape;                            // of the output
  std::vector<bool> is_offset;            // one for each of its dimensions: within a slice
};

Result<Plan> make_plan(Context& ctx) {
  const auto& options = ctx.options<schema::StablehloGatherOptions>();
  const Tensor& operand = ctx.input(0);
  const auto rank = static_cast<size_t>(operand.rank());
  Plan plan;
  WHYZERO_ASSIGN(plan.vectors, index_vector_shape(ctx, ctx.input(1), options.index_vector_dim()));
  WHYZERO_ASSIGN(plan.collapsed, dimension_list(ctx, options.collapsed_slice_dims(), rank, "collapsed_slice_dims"));
  WHYZERO_ASSIGN(plan.starts, dimension_list(ctx, options.start_index_map(), rank, "start_index_map"));
  plan.slice = graph::elements(options.slice_sizes());
  const size_t kept = rank - plan.collapsed.size(), out_rank = plan.vectors.batch.size() + kept;
  WHYZERO_ASSIGN(const auto offsets, dimension_list(ctx, options.offset_dims(), out_rank, "offset_dims"));
  if (plan.slice.size() != rank || offsets.size() != kept || plan.starts.size() != plan.vectors.depth ||
      !std::is_sorted(offsets.begin(), offsets.end()))
    return ctx.error(
        ErrorCode::kMalformed,
        fmt::format("{} slice sizes, {} offset dimensions and {} start indices do not fit {} dimensions, {} "
                    "of them collapsed, and index vectors of {}",
                    plan.slice.size(), offsets.size(), plan.starts.size(), rank, plan.collapsed.size(), plan.vectors.depth));
  for (size_t d = 0; d < rank; ++d) {
    const bool collapsed = std::find(plan.collapsed.begin(), plan.collapsed.end(), d) != plan.collapsed.end();
    if (plan.slice[d] < 0 || plan.slice[d] > operand.shape[d] || (collapsed && plan.slice[d] > 1))
      return ctx.error(ErrorCode::kMalformed,
                       fmt::format("a slice of {} along dimension {} of {} is not possible", plan.slice[d], d, operand.shape[d]));
  }
  plan.is_offset.assign(out_rank, false);
  for (size_t d : offsets) plan.is_offset[d] = true;
  size_t batch = 0, dim = 0;
  for (bool offset : plan.is_offset) {
    if (offset) {
      while (std::find(plan.collapsed.begin(), plan.collapsed.end(), dim) != plan.collapsed.end()) ++dim;
      plan.shape.push_back(static_cast<int32_t>(plan.slice[dim++]));
    } else {
      plan.shape.push_back(plan.vectors.batch[batch++]);
    }
  }
  return plan;
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, 1));
  for (int k = 0; k < 2; ++k) WHYZERO_TRY(ctx.expect_input(k));
  WHYZERO_TRY(expect_movable(ctx, ctx.input(0)));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(1), {DType::kInt32, DType::kInt64}));
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.output(0)));
  WHYZERO_ASSIGN(const Plan plan, make_plan(ctx));
  return ctx.resize_output(0, plan.shape);
}

Result<void> eval(Context& ctx) {
  const Tensor& operand = ctx.input(0);
  Tensor& output = ctx.output(0);
  WHYZERO_ASSIGN(const Plan plan, make_plan(ctx));
  WHYZERO_ASSIGN(const IndexVectors vectors,
                 read_index_vectors(ctx, ctx.input(1), ctx.options<schema::StablehloGatherOptions>().index_vector_dim()));
  const std::vector<int64_t> from = dense_strides(operand.shape), batch = dense_strides(vectors.batch);
  // How far a step along a dimension of the output goes: in the operand within a slice, or to another slice.
  std::vector<int64_t> inside, across;
  size_t dim = 0, place = 0;
  for (bool offset : plan.is_offset) {
    if (offset)
      while (std::find(plan.collapsed.begin(), plan.collapsed.end(), dim) != plan.collapsed.end()) ++dim;
    inside.push_back(offset ? from[dim++] : 0);
    across.push_back(offset ? 0 : batch[place++]);
  }
  auto start_of = [&](int64_t number) {
    int64_t start = 0;
    for (size_t i = 0; i < vectors.depth; ++i) {
      const size_t d = plan.starts[i];
      start += std::clamp<int64_t>(vectors.values[static_cast<size_t>(number) * vectors.depth + i], 0,
                                   operand.shape[d] - plan.slice[d]) *
               from[d];
    }
    return start;
  };
  const size_t bytes = dtype_size(operand.dtype), count = output.elements();
  std::vector<int32_t> counter(plan.shape.size(), 0);
  int64_t at = 0, number = 0;
  for (size_t k = 0; k < count; ++k) {
    std::memcpy(output.data + k * bytes, operand.data + static_cast<size_t>(start_of(number) + at) * bytes, bytes);
    for (size_t d = counter.size(); d-- > 0;) {
      at += inside[d];
      number += across[d];
      if (++counter[d] < plan.shape[d]) break;
      at -= inside[d] * plan.shape[d];
      number -= across[d] * plan.shape[d];
      counter[d] = 0;
    }
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_stablehlo_gather{.name = "STABLEHLO_GATHER",
                                                      .builtin = schema::BuiltinOperator_STABLEHLO_GATHER,
                                                      .max_version = 1,
                                                      .prepare = prepare,
                                                      .eval = eval};

}  // namespace whyzero::ops
