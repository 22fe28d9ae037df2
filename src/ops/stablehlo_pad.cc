// STABLEHLO_PAD: a value around the input and between its elements; a negative padding crops.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "graph/lists.h"
#include "ops/common/spread.h"

namespace whyzero::ops {
namespace {

struct Axis {
  int64_t low = 0, high = 0, interior = 0;
};

Result<std::vector<Axis>> read_axes(Context& ctx) {
  const auto& options = ctx.options<schema::StablehloPadOptions>();
  const auto *low = options.edge_padding_low(), *high = options.edge_padding_high(), *interior = options.interior_padding();
  const auto rank = static_cast<flatbuffers::uoffset_t>(ctx.input(0).rank());
  auto fits = [rank](const auto* values) {
    return rank == 0 ? !values || values->size() == 0 : values && values->size() == rank;
  };
  if (!fits(low) || !fits(high) || !fits(interior))
    return ctx.error(ErrorCode::kMalformed,
                     fmt::format("the paddings do not fit the {} dimensions of input {}", rank, ctx.input(0).label()));
  std::vector<Axis> axes(rank);
  for (flatbuffers::uoffset_t d = 0; d < rank; ++d) {
    axes[d] = {graph::element(*low, d), graph::element(*high, d), graph::element(*interior, d)};
    const bool small =
        std::abs(axes[d].low / 2) < INT32_MAX && std::abs(axes[d].high / 2) < INT32_MAX && axes[d].interior < INT32_MAX;
    if (axes[d].interior < 0 || !small)
      return ctx.error(ErrorCode::kMalformed, fmt::format("paddings of {}, {} and {} between are not possible", axes[d].low,
                                                          axes[d].high, axes[d].interior));
  }
  return axes;
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, 1));
  for (int k = 0; k < 2; ++k) WHYZERO_TRY(ctx.expect_input(k));
  const Tensor& input = ctx.input(0);
  WHYZERO_TRY(expect_movable(ctx, input));
  WHYZERO_TRY(ctx.expect_same_dtype(input, ctx.input(1)));
  WHYZERO_TRY(ctx.expect_same_dtype(input, ctx.output(0)));
  if (ctx.input(1).elements() != 1)
    return ctx.error(ErrorCode::kMalformed, fmt::format("padding value {} must be one element", ctx.input(1).label()));
  WHYZERO_ASSIGN(const auto axes, read_axes(ctx));
  Shape shape;
  for (size_t d = 0; d < axes.size(); ++d) {
    const int64_t spread = input.shape[d] == 0 ? 0 : (input.shape[d] - 1) * (axes[d].interior + 1) + 1;
    WHYZERO_ASSIGN(const int32_t size, dimension(ctx, std::max<int64_t>(0, spread + axes[d].low + axes[d].high)));
    shape.push_back(size);
  }
  return ctx.resize_output(0, shape);
}

Result<void> eval(Context& ctx) {
  const Tensor& input = ctx.input(0);
  Tensor& output = ctx.output(0);
  WHYZERO_ASSIGN(const auto axes, read_axes(ctx));
  const size_t bytes = dtype_size(input.dtype), count = input.elements();
  fill_elements(output.data, output.elements(), ctx.input(1).data, bytes);
  const std::vector<int64_t> strides = dense_strides(output.shape);
  std::vector<int64_t> counter(axes.size(), 0);
  for (size_t k = 0; k < count; ++k) {
    int64_t to = 0;
    bool inside = true;
    for (size_t d = 0; d < axes.size(); ++d) {
      const int64_t place = axes[d].low + counter[d] * (axes[d].interior + 1);
      inside = inside && place >= 0 && place < output.shape[d];
      if (inside) to += place * strides[d];
    }
    if (inside) std::memcpy(output.data + static_cast<size_t>(to) * bytes, input.data + k * bytes, bytes);
    for (size_t d = axes.size(); d-- > 0;) {
      if (++counter[d] < input.shape[d]) break;
      counter[d] = 0;
    }
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_stablehlo_pad{.name = "STABLEHLO_PAD",
                                                   .builtin = schema::BuiltinOperator_STABLEHLO_PAD,
                                                   .max_version = 1,
                                                   .prepare = prepare,
                                                   .eval = eval};

}  // namespace whyzero::ops
