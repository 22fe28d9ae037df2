// STRIDED_SLICE: every n-th element between bounds along each dimension, with TensorFlow's masks for open bounds, new and dropped
// axes.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "ops/common/move.h"

namespace whyzero::ops {
namespace {

/// What is read: in[offset + Σ i_k strides_k] for i in `walked`; `shape` is the output's, with new axes and without dropped ones.
struct Slice {
  Shape walked, shape;
  std::vector<int64_t> strides;
  int64_t offset = 0;
};

struct Bound {
  int64_t begin, end, stride;
  bool open_begin, open_end, drop, counted;  // counted: the end is a number of places after the begin, and never open
};

Result<void> take(const Context& ctx, Slice& slice, size_t axis, const Bound& bound, int64_t dense) {
  const int64_t size = ctx.input(0).shape[axis];
  const bool forward = bound.stride > 0;
  auto held = [&](int64_t index) {
    return forward ? std::clamp<int64_t>(index, 0, size) : std::clamp<int64_t>(index, -1, size - 1);
  };
  auto inside = [&](int64_t index) { return held(index < 0 ? index + size : index); };
  if (bound.drop) {
    const int64_t first = !bound.open_begin ? bound.begin : forward ? 0 : size - 1;
    const int64_t index = first < 0 ? first + size : first;
    if (index < 0 || index >= size)
      return ctx.error(ErrorCode::kMalformed,
                       fmt::format("index {} of dimension {} lies outside of its {} elements", bound.begin, axis, size));
    slice.offset += index * dense;
    return {};
  }
  const int64_t begin = bound.open_begin ? (forward ? 0 : size - 1) : inside(bound.begin);
  const int64_t end = bound.counted ? held(begin + bound.end) : bound.open_end ? (forward ? size : -1) : inside(bound.end);
  const int64_t span = forward ? end - begin : begin - end, step = std::abs(bound.stride);
  const int64_t count = span <= 0 ? 0 : (span - 1) / step + 1;
  slice.offset += count > 0 ? begin * dense : 0;
  slice.walked.push_back(static_cast<int32_t>(count));
  slice.shape.push_back(static_cast<int32_t>(count));
  slice.strides.push_back(bound.stride * dense);
  return {};
}

Result<Slice> make_slice(const Context& ctx) {
  const auto& options = ctx.options<schema::StridedSliceOptions>();
  const Tensor& input = ctx.input(0);
  WHYZERO_ASSIGN(const auto begin, integers(ctx, ctx.input(1)));
  WHYZERO_ASSIGN(const auto end, integers(ctx, ctx.input(2)));
  WHYZERO_ASSIGN(const auto stride, integers(ctx, ctx.input(3)));
  if (begin.size() != end.size() || begin.size() != stride.size() || begin.size() > 31)
    return ctx.error(ErrorCode::kMalformed, fmt::format("has {} begins, {} ends and {} strides; there must be as many of each",
                                                        begin.size(), end.size(), stride.size()));
  auto bit = [](int32_t mask, size_t k) { return (static_cast<uint32_t>(mask) >> k & 1u) != 0; };
  const std::vector<int64_t> dense = dense_strides(input.shape);
  size_t named = 0;  // dimensions of the input that the bounds speak of
  bool ellipsis = false;
  for (size_t k = 0; k < begin.size(); ++k) {
    if (bit(options.ellipsis_mask(), k))
      ellipsis = true;
    else if (!bit(options.new_axis_mask(), k))
      ++named;
  }
  if (named > input.shape.size())
    return ctx.error(ErrorCode::kMalformed,
                     fmt::format("has bounds for {} dimensions, input {} has {}", named, input.label(), input.rank()));
  Slice slice;
  size_t axis = 0;
  auto take_all = [&](size_t count) -> Result<void> {
    for (size_t k = 0; k < count; ++k, ++axis) WHYZERO_TRY(take(ctx, slice, axis, {0, 0, 1, true, true, false, false}, dense[axis]));
    return {};
  };
  for (size_t k = 0; k < begin.size(); ++k) {
    if (bit(options.ellipsis_mask(), k)) {
      if (!ellipsis) return ctx.error(ErrorCode::kMalformed, "has more than one ellipsis");
      ellipsis = false;
      WHYZERO_TRY(take_all(input.shape.size() - named));
      continue;
    }
    if (bit(options.new_axis_mask(), k)) {
      slice.shape.push_back(1);
      continue;
    }
    const int32_t limit = std::numeric_limits<int32_t>::max();
    if (stride[k] == 0 || std::abs(stride[k]) > limit)
      return ctx.error(ErrorCode::kMalformed, fmt::format("stride {} is {}", k, stride[k]));
    const bool drop = bit(options.shrink_axis_mask(), k);
    const int64_t from = std::clamp<int64_t>(begin[k], -limit, limit);
    const int64_t to = std::clamp<int64_t>(end[k], -limit, limit);
    WHYZERO_TRY(take(ctx, slice, axis,
                     {from, to, stride[k], bit(options.begin_mask(), k), bit(options.end_mask(), k), drop, options.offset()},
                     dense[axis]));
    ++axis;
  }
  WHYZERO_TRY(take_all(input.shape.size() - axis));
  return slice;
}

Result<Shape> output_shape(Context& ctx) {
  WHYZERO_ASSIGN(Slice slice, make_slice(ctx));
  return std::move(slice.shape);
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(4, 4, 1, 1));
  for (int k = 0; k < 4; ++k) WHYZERO_TRY(ctx.expect_input(k));
  if (ctx.input(0).dtype != DType::kString) WHYZERO_TRY(expect_movable(ctx, ctx.input(0)));
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.output(0)));
  return prepare_shape(ctx, {1, 2, 3}, output_shape);
}

Result<void> eval(Context& ctx) {
  WHYZERO_TRY(settle_shape(ctx, output_shape));
  WHYZERO_ASSIGN(const Slice slice, make_slice(ctx));
  auto copy = [&](size_t bytes, const uint8_t* in, uint8_t* to) {
    copy_strided(in, slice.offset, slice.strides, slice.walked, bytes, to);
  };
  return move_elements(ctx, ctx.input(0), copy, slice.shape);
}

}  // namespace

extern constinit const Operator unit_strided_slice{.name = "STRIDED_SLICE",
                                                   .builtin = schema::BuiltinOperator_STRIDED_SLICE,
                                                   .max_version = 8,
                                                   .prepare = prepare,
                                                   .eval = eval};

}  // namespace whyzero::ops
