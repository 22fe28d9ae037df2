// SELECT_V2: elements of the second input where the first is true, of the third where it is not; all broadcast.
#include <cstring>

#include "ops/common/broadcast.h"
#include "ops/common/shapes.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(3, 3, 1, 1));
  for (int k = 0; k < 3; ++k) WHYZERO_TRY(ctx.expect_input(k));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), {DType::kBool}));
  WHYZERO_TRY(expect_movable(ctx, ctx.input(1)));
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(1), ctx.input(2)));
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(1), ctx.output(0)));
  const std::array<const Shape*, 3> shapes{&ctx.input(0).shape, &ctx.input(1).shape, &ctx.input(2).shape};
  WHYZERO_ASSIGN(const Shape shape, broadcast_shape(ctx, shapes));
  ctx.make_state<Broadcast<3>>() = make_broadcast<3>(shape, shapes);
  return ctx.resize_output(0, shape);
}

Result<void> eval(Context& ctx) {
  const uint8_t* condition = ctx.input(0).data;
  const size_t bytes = dtype_size(ctx.input(1).dtype);
  uint8_t* out = ctx.output(0).data;
  for_each(ctx.state<Broadcast<3>>(), [&](size_t i, const std::array<size_t, 3>& at) {
    const int k = condition[at[0]] != 0 ? 1 : 2;
    std::memcpy(out + i * bytes, ctx.input(k).data + at[static_cast<size_t>(k)] * bytes, bytes);
  });
  return {};
}

}  // namespace

extern constinit const Operator unit_select_v2{
    .name = "SELECT_V2", .builtin = schema::BuiltinOperator_SELECT_V2, .max_version = 2, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
