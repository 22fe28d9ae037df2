// RESHAPE: the same elements in another shape; one dimension may be -1, whatever is left.
#include <fmt/format.h>

#include <algorithm>

#include "ops/common/move.h"

namespace whyzero::ops {
namespace {

Result<Shape> output_shape(Context& ctx) {
  std::vector<int64_t> wanted;
  if (ctx.has_input(1)) {
    WHYZERO_ASSIGN(wanted, integers(ctx, ctx.input(1)));
  } else if (const auto* shape = ctx.options<schema::ReshapeOptions>().new_shape()) {
    wanted.assign(shape->begin(), shape->end());
  }
  // The oldest converters wrote a scalar's shape as [0].
  if (wanted.size() == 1 && wanted[0] == 0 && !ctx.has_input(1)) wanted.clear();
  // Otherwise a 0 stands for the input's own dimension, unless there is nothing to place. Beside a -1 the official runtime takes it
  // at its word.
  const bool inferred = std::find(wanted.begin(), wanted.end(), -1) != wanted.end();
  if (ctx.input(0).elements() != 0 && !inferred)
    for (size_t d = 0; d < wanted.size() && d < ctx.input(0).shape.size(); ++d)
      if (wanted[d] == 0) wanted[d] = ctx.input(0).shape[d];
  Shape shape;
  int64_t known = 1;
  int free = -1;
  for (size_t d = 0; d < wanted.size(); ++d) {
    if (wanted[d] == -1 && free < 0) {
      free = static_cast<int>(d);
      shape.push_back(1);
      continue;
    }
    WHYZERO_ASSIGN(const int32_t size, dimension(ctx, wanted[d]));
    shape.push_back(size);
    if (__builtin_mul_overflow(known, int64_t{size}, &known))
      return ctx.error(ErrorCode::kMalformed, "the new shape is too large");
  }
  const auto elements = static_cast<int64_t>(ctx.input(0).elements());
  if (free >= 0) {
    if (known == 0 && elements != 0) return ctx.error(ErrorCode::kMalformed, "a dimension of 0 leaves no room for the elements");
    WHYZERO_ASSIGN(shape[static_cast<size_t>(free)], dimension(ctx, known == 0 ? 0 : elements / known));
    known *= shape[static_cast<size_t>(free)];
  }
  if (known != elements)
    return ctx.error(ErrorCode::kMalformed,
                     fmt::format("input {} has {} elements, the new shape {}", ctx.input(0).label(), elements, known));
  return shape;
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(1, 2, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  if (ctx.input(0).dtype != DType::kString) WHYZERO_TRY(expect_movable(ctx, ctx.input(0)));
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.output(0)));
  return prepare_shape(ctx, {1}, output_shape);
}

Result<void> eval(Context& ctx) {
  WHYZERO_TRY(settle_shape(ctx, output_shape));
  return keep_elements(ctx);
}

}  // namespace

extern constinit const Operator unit_reshape{
    .name = "RESHAPE", .builtin = schema::BuiltinOperator_RESHAPE, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
