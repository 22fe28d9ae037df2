// Contract and quantized sum of arithmetic with two inputs.
#include "ops/common/binary.h"

namespace whyzero::ops {

Result<Broadcast<2>> prepare_broadcast(Context& ctx, std::initializer_list<DType> allowed, DType output) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(ctx.expect_input(1));
  const Tensor& a = ctx.input(0);
  const Tensor& b = ctx.input(1);
  WHYZERO_TRY(ctx.expect_dtype(a, allowed));
  WHYZERO_TRY(ctx.expect_same_dtype(a, b));
  if (output == kSameType)
    WHYZERO_TRY(ctx.expect_same_dtype(a, ctx.output(0)));
  else if (output != kAnyType)
    WHYZERO_TRY(ctx.expect_dtype(ctx.output(0), {output}));
  const std::array<const Shape*, 2> shapes{&a.shape, &b.shape};
  WHYZERO_ASSIGN(const Shape shape, broadcast_shape(ctx, shapes));
  WHYZERO_TRY(ctx.resize_output(0, shape));
  return make_broadcast<2>(shape, shapes);
}

bool is_quantized(const Tensor& tensor) {
  return tensor.dtype == DType::kInt8 || tensor.dtype == DType::kUInt8 ||
         (tensor.dtype == DType::kInt16 && tensor.quantization->present());
}

Result<void> prepare_arithmetic(Context& ctx, ArithmeticState& s, std::initializer_list<DType> allowed, int activation,
                                DType output) {
  WHYZERO_ASSIGN(s.plan, prepare_broadcast(ctx, allowed, output));
  const Tensor& a = ctx.input(0);
  if (is_quantized(a)) {
    for (const Tensor* tensor : {&ctx.input(0), &ctx.input(1), static_cast<const Tensor*>(&ctx.output(0))})
      WHYZERO_TRY(ctx.expect_quantized(*tensor));
    WHYZERO_ASSIGN(s.stored_range, quantized_activation_range(ctx, activation, ctx.output(0)));
    s.zero_a = a.zero_point();
    s.zero_b = ctx.input(1).zero_point();
    s.zero_out = ctx.output(0).zero_point();
  } else if (dtype_is_float(a.dtype)) {
    WHYZERO_ASSIGN(s.range, activation_range(ctx, activation));
  } else if (dtype_is_integer(a.dtype)) {
    WHYZERO_ASSIGN(s.integer_range, integer_activation_range<int64_t>(ctx, activation));
  }
  return {};
}

void prepare_sum(Context& ctx, ArithmeticState& s) {
  const float scale_a = ctx.input(0).scale(), scale_b = ctx.input(1).scale(), scale_out = ctx.output(0).scale();
  s.left_shift = ctx.input(0).dtype == DType::kInt16 ? 15 : 20;
  const double twice_larger = 2.0 * static_cast<double>(std::max(scale_a, scale_b));
  s.a = multiplier_from_real(static_cast<double>(scale_a) / twice_larger);
  s.b = multiplier_from_real(static_cast<double>(scale_b) / twice_larger);
  s.out = multiplier_from_real(twice_larger / (static_cast<double>(1 << s.left_shift) * static_cast<double>(scale_out)));
}

Result<void> eval_sum(Context& ctx, const ArithmeticState& s, int sign) {
  if (!is_quantized(ctx.input(0))) {
    if (sign > 0)
      eval_plain(ctx, s, WrappingAdd{});
    else
      eval_plain(ctx, s, WrappingSubtract{});
    return {};
  }
  dispatch(ctx.input(0).dtype, Types<int8_t, uint8_t, int16_t>{}, [&]<class T>() {
    map2<T, T>(ctx, s.plan, [&](T x, T y) {
      const int32_t a = multiply(shift_left_wrapping(x - s.zero_a, s.left_shift), s.a);
      const int32_t b = multiply(shift_left_wrapping(y - s.zero_b, s.left_shift), s.b);
      const int64_t sum = int64_t{a} + int64_t{sign} * b;
      return s.store(multiply(static_cast<int32_t>(sum), s.out));
    });
  });
  return {};
}

}  // namespace whyzero::ops
