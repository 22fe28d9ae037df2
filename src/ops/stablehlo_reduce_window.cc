// STABLEHLO_REDUCE_WINDOW: sliding windows over a padded and dilated input, reduced by a subgraph.
#include <fmt/format.h>

#include "graph/lists.h"
#include "ops/common/combine.h"
#include "ops/common/reduce_window.h"
#include "ops/common/spread.h"

namespace whyzero::ops {
namespace {

Result<std::vector<ReducedAxis>> read_axes(Context& ctx) {
  const auto& options = ctx.options<schema::StablehloReduceWindowOptions>();
  const size_t rank = static_cast<size_t>(ctx.input(0).rank());
  const auto* size = options.window_dimensions();
  if (!size || size->size() != rank)
    return ctx.error(ErrorCode::kMalformed,
                     fmt::format("the window does not have the {} dimensions of input {}", rank, ctx.input(0).label()));
  std::vector<ReducedAxis> axes(rank);
  // The others may be left out.
  for (const auto* list : {options.window_strides(), options.base_dilations(), options.window_dilations()})
    if (list && list->size() != 0 && list->size() != rank)
      return ctx.error(ErrorCode::kMalformed, fmt::format("{} strides or dilations for {} dimensions", list->size(), rank));
  const auto* padding = options.padding();
  if (padding && padding->size() != 0 && padding->size() != 2 * rank)
    return ctx.error(ErrorCode::kMalformed, fmt::format("{} paddings for {} dimensions", padding->size(), rank));
  auto value = [](const auto* list, size_t d, int64_t otherwise) {
    return list && list->size() != 0 ? graph::element(*list, d) : otherwise;
  };
  for (size_t d = 0; d < rank; ++d)
    axes[d] = {value(size, d, 1),
               value(options.window_strides(), d, 1),
               value(options.window_dilations(), d, 1),
               value(options.base_dilations(), d, 1),
               value(padding, 2 * d, 0),
               value(padding, 2 * d + 1, 0)};
  return axes;
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, 1));
  for (int k = 0; k < 2; ++k) WHYZERO_TRY(ctx.expect_input(k));
  WHYZERO_TRY(expect_movable(ctx, ctx.input(0)));
  WHYZERO_TRY(ctx.expect_rank(ctx.input(0), 1, 1 << 16));
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.input(1)));
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.output(0)));
  if (ctx.input(1).elements() != 1)
    return ctx.error(ErrorCode::kMalformed, fmt::format("initial value {} must be one element", ctx.input(1).label()));
  WHYZERO_ASSIGN(const auto axes, read_axes(ctx));
  for (const ReducedAxis& axis : axes)
    if (axis.size < 1) return ctx.error(ErrorCode::kMalformed, fmt::format("a window of {} elements is not possible", axis.size));
  WHYZERO_ASSIGN(Shape shape, reduced_shape(ctx, axes));
  return ctx.resize_output(0, std::move(shape));
}

Result<void> eval(Context& ctx) {
  Tensor& output = ctx.output(0);
  WHYZERO_ASSIGN(const auto axes, read_axes(ctx));
  const int body = ctx.options<schema::StablehloReduceWindowOptions>().body_subgraph_index();
  fill_elements(output.data, output.elements(), ctx.input(1).data, dtype_size(output.dtype));
  return for_each_window_position(ctx, axes, [&](const std::vector<uint8_t>& values) {
    return combine_by_subgraph(ctx, body, output.dtype, {output.data, output.bytes}, values);
  });
}

}  // namespace

extern constinit const Operator unit_stablehlo_reduce_window{.name = "STABLEHLO_REDUCE_WINDOW",
                                                             .builtin = schema::BuiltinOperator_STABLEHLO_REDUCE_WINDOW,
                                                             .max_version = 1,
                                                             .prepare = prepare,
                                                             .eval = eval};

}  // namespace whyzero::ops
