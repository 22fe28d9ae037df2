// DIV: quotient of two broadcast inputs, with a fused activation. Plain integers are cut off towards zero; a zero divisor of
// integers is an error.
#include "graph/options.h"
#include "ops/common/binary.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  auto& state = ctx.make_state<ArithmeticState>();
  WHYZERO_TRY(prepare_arithmetic(ctx, state, {DType::kFloat32, DType::kFloat16, DType::kInt8, DType::kUInt8, DType::kInt32},
                                 ctx.options<schema::DivOptions>().fused_activation_function()));
  if (is_quantized(ctx.input(0)))
    state.out = multiplier_from_real(static_cast<double>(ctx.input(0).scale() / (ctx.input(1).scale() * ctx.output(0).scale())));
  return {};
}

/// a / b times the output's factor, by the reciprocal of b; b is not 0.
int32_t quotient(int32_t a, int32_t b, Multiplier factor) {
  if (b < 0) {
    a = -a;
    b = -b;
  }
  int bits = 0;
  const int32_t inverse = reciprocal(b, 31, &bits);
  const auto magnitude = static_cast<uint32_t>(a < 0 ? ~a : a);
  const int headroom = std::countl_zero(magnitude) - 1;
  const int32_t unscaled = multiply(a, Multiplier{inverse, headroom});
  const int shift = factor.shift - bits - headroom;
  if (shift >= -31) return multiply(unscaled, Multiplier{factor.value, shift});
  // A quotient this small is 0 or -1, but the reference's rounding, written for up to 31 bits, adds 1 to what is not negative.
  const int32_t scaled = doubling_high_multiply(unscaled, factor.value);
  return (scaled >> (-shift & 31)) + (scaled >= 0 ? 1 : 0);
}

struct Divide {
  float operator()(float a, float b) const { return a / b; }
  template <class T>
  int64_t operator()(T a, T b) const {
    const int64_t result = static_cast<int64_t>(a) / static_cast<int64_t>(b);
    return std::min<int64_t>(result, std::numeric_limits<T>::max());  // lowest / -1
  }
};

Result<void> eval(Context& ctx) {
  const auto& s = ctx.state<ArithmeticState>();
  const Tensor& divisor = ctx.input(1);
  bool zero = false;
  dispatch(divisor.dtype, Types<int8_t, uint8_t, int32_t>{}, [&]<class T>() {
    for (size_t k = 0; k < divisor.elements(); ++k) zero = zero || divisor.as<T>()[k] == static_cast<T>(s.zero_b);
  });
  if (zero) return ctx.error(ErrorCode::kInvalidArgument, "divides by zero: divisor " + divisor.label() + " contains it");
  if (!is_quantized(ctx.input(0))) {
    eval_plain(ctx, s, Divide{});
    return {};
  }
  dispatch(divisor.dtype, Types<int8_t, uint8_t>{}, [&]<class T>() {
    map2<T, T>(ctx, s.plan, [&](T a, T b) { return s.store(quotient(a - s.zero_a, b - s.zero_b, s.out)); });
  });
  return {};
}

}  // namespace

extern constinit const Operator unit_div{
    .name = "DIV", .builtin = schema::BuiltinOperator_DIV, .max_version = 2, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
