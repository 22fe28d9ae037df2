// GATHER: slices of the input along an axis, by index; the first `batch_dims` dimensions belong to both.
#include <fmt/format.h>

#include <cstring>

#include "ops/common/move.h"

namespace whyzero::ops {
namespace {

struct Plan {
  Shape shape;
  size_t batch = 1, outer = 1, size = 1, inner = 1, indices = 1;
};

Result<Plan> make_plan(Context& ctx) {
  const auto& options = ctx.options<schema::GatherOptions>();
  const Tensor& input = ctx.input(0);
  const Tensor& positions = ctx.input(1);
  WHYZERO_ASSIGN(const int axis, normalized_axis(ctx, options.axis(), input.rank()));
  const int64_t batch_dims = options.batch_dims() < 0 ? int64_t{options.batch_dims()} + positions.rank() : options.batch_dims();
  if (batch_dims < 0 || batch_dims > axis || batch_dims > positions.rank())
    return ctx.error(ErrorCode::kMalformed, fmt::format("batch_dims {} does not fit axis {} and indices of {} dimensions",
                                                        options.batch_dims(), axis, positions.rank()));
  Plan plan;
  plan.size = static_cast<size_t>(input.dim(axis));
  for (int d = 0; d < input.rank(); ++d) {
    if (d < batch_dims && input.dim(d) != positions.dim(d))
      return ctx.error(ErrorCode::kMalformed, fmt::format("dimension {} of input {} is {}, of indices {}", d, input.label(),
                                                          input.dim(d), positions.dim(d)));
    const auto size = static_cast<size_t>(input.dim(d));
    if (d < batch_dims)
      plan.batch *= size;
    else if (d < axis)
      plan.outer *= size;
    else if (d > axis)
      plan.inner *= size;
  }
  plan.shape.assign(input.shape.begin(), input.shape.begin() + axis);
  for (int d = static_cast<int>(batch_dims); d < positions.rank(); ++d) {
    plan.shape.push_back(positions.dim(d));
    plan.indices *= static_cast<size_t>(positions.dim(d));
  }
  plan.shape.insert(plan.shape.end(), input.shape.begin() + axis + 1, input.shape.end());
  return plan;
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(ctx.expect_input(1));
  const DType dtype = ctx.input(0).dtype;
  if (dtype != DType::kString && dtype != DType::kInt4) WHYZERO_TRY(expect_movable(ctx, ctx.input(0)));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(1), {DType::kInt16, DType::kInt32, DType::kInt64}));
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.output(0)));
  WHYZERO_ASSIGN(const Plan plan, make_plan(ctx));
  return ctx.resize_output(0, plan.shape);
}

Result<void> eval(Context& ctx) {
  WHYZERO_ASSIGN(const Plan plan, make_plan(ctx));
  WHYZERO_ASSIGN(const auto positions, integers(ctx, ctx.input(1)));
  for (int64_t p : positions)
    if (p < 0 || static_cast<size_t>(p) >= plan.size)
      return ctx.error(ErrorCode::kInvalidArgument,
                       fmt::format("index {} lies outside of the {} slices of input {}", p, plan.size, ctx.input(0).label()));
  auto gather = [&](size_t bytes, const uint8_t* in, uint8_t* out) {
    const size_t row = plan.inner * bytes;
    if (row == 0) return;
    for (size_t b = 0; b < plan.batch; ++b)
      for (size_t o = 0; o < plan.outer; ++o)
        for (size_t k = 0; k < plan.indices; ++k, out += row)
          std::memcpy(out, in + ((b * plan.outer + o) * plan.size + static_cast<size_t>(positions[b * plan.indices + k])) * row,
                      row);
  };
  return move_elements(ctx, ctx.input(0), gather, plan.shape);
}

}  // namespace

extern constinit const Operator unit_gather{
    .name = "GATHER", .builtin = schema::BuiltinOperator_GATHER, .max_version = 8, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
