// MUL: product of two broadcast inputs, with a fused activation. Integers without scale wrap.
#include "graph/options.h"
#include "ops/common/binary.h"

namespace whyzero::ops {
namespace {

using Complex = std::complex<float>;

Result<void> prepare(Context& ctx) {
  // int16 factors may give an 8-bit product.
  const bool narrows = ctx.inputs() == 2 && ctx.has_input(0) && ctx.outputs() == 1 && is_quantized(ctx.input(0)) &&
                       ctx.input(0).dtype == DType::kInt16;
  auto& state = ctx.make_state<ArithmeticState>();
  WHYZERO_TRY(prepare_arithmetic(ctx, state,
                                 {DType::kFloat32, DType::kFloat16, DType::kInt8, DType::kUInt8, DType::kInt16, DType::kInt32,
                                  DType::kInt64, DType::kUInt32, DType::kComplex64},
                                 ctx.options<schema::MulOptions>().fused_activation_function(), narrows ? kAnyType : kSameType));
  if (narrows) WHYZERO_TRY(ctx.expect_dtype(ctx.output(0), {DType::kInt8, DType::kUInt8, DType::kInt16}));
  if (is_quantized(ctx.input(0)))
    state.out = multiplier_from_real(static_cast<double>(ctx.input(0).scale() * ctx.input(1).scale() / ctx.output(0).scale()));
  return {};
}

Result<void> eval(Context& ctx) {
  const auto& s = ctx.state<ArithmeticState>();
  const DType dtype = ctx.input(0).dtype;
  if (dtype == DType::kComplex64) {
    map2<Complex, Complex>(ctx, s.plan, [](Complex a, Complex b) {
      return Complex(a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real());
    });
  } else if (is_quantized(ctx.input(0))) {
    dispatch(dtype, QuantizedTypes{}, [&]<class In>() {
      dispatch(ctx.output(0).dtype, QuantizedTypes{}, [&]<class Out>() {
        map2<In, Out>(ctx, s.plan, [&](In a, In b) {
          // An 8-bit product of int16 takes all three for fixed-point numbers from -1 to 1, whatever their scales say.
          if constexpr (sizeof(In) == 2 && sizeof(Out) == 1)
            return s.store(divide_by_power_of_two(doubling_high_multiply(a, b), 8));
          const int64_t product = int64_t{a - s.zero_a} * (b - s.zero_b);
          return s.store(multiply(static_cast<int32_t>(product), s.out));
        });
      });
    });
  } else {
    eval_plain(ctx, s, WrappingMultiply{});
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_mul{
    .name = "MUL", .builtin = schema::BuiltinOperator_MUL, .max_version = 8, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
