// SELECT: elements of the second input where the first is true, of the third where it is not. A condition of one dimension picks
// whole rows.
#include <cstring>

#include "ops/common/shapes.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(3, 3, 1, 1));
  for (int k = 0; k < 3; ++k) WHYZERO_TRY(ctx.expect_input(k));
  const Tensor& condition = ctx.input(0);
  const Tensor& x = ctx.input(1);
  WHYZERO_TRY(ctx.expect_dtype(condition, {DType::kBool}));
  WHYZERO_TRY(expect_movable(ctx, x));
  WHYZERO_TRY(ctx.expect_same_dtype(x, ctx.input(2)));
  WHYZERO_TRY(ctx.expect_same_dtype(x, ctx.output(0)));
  const bool rows = condition.rank() <= 1 &&
                    (condition.elements() == 1 || (x.rank() > 0 && condition.elements() == static_cast<size_t>(x.dim(0))));
  if (x.shape != ctx.input(2).shape || (condition.shape != x.shape && !rows))
    return ctx.error(ErrorCode::kMalformed,
                     "its three inputs have shapes that do not fit together; expected the same, or one condition a row");
  // The reference makes a scalar of three vectors of one element.
  const bool single = condition.rank() == 1 && x.rank() == 1 && x.dim(0) == 1;
  return ctx.resize_output(0, single ? Shape{} : x.shape);
}

Result<void> eval(Context& ctx) {
  const Tensor& condition = ctx.input(0);
  const size_t count = condition.elements();
  if (count == 0 || ctx.output(0).bytes == 0) return {};
  const size_t row = ctx.output(0).bytes / count;
  for (size_t k = 0; k < count; ++k)
    std::memcpy(ctx.output(0).data + k * row, ctx.input(condition.data[k] != 0 ? 1 : 2).data + k * row, row);
  return {};
}

}  // namespace

extern constinit const Operator unit_select{
    .name = "SELECT", .builtin = schema::BuiltinOperator_SELECT, .max_version = 4, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
