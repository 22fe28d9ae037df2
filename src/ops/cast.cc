// CAST: elements of one type as those of another. Floats are cut off and held to the integer's range (NaN gives its maximum),
// integers wrap.
#include <cmath>
#include <limits>

#include "graph/options.h"
#include "numerics/half.h"
#include "ops/common/dispatch.h"
#include "ops/operator.h"

namespace whyzero::ops {
namespace {

/// An element of any type: a real or an integer.
struct Wide {
  bool is_real = false;
  double real = 0.0, imaginary = 0.0;
  int64_t integer = 0;
};

Wide load(const Tensor& t, size_t k) {
  switch (t.dtype) {
    case DType::kFloat32:
      return {true, static_cast<double>(t.as<float>()[k])};
    case DType::kFloat16:
      return {true, static_cast<double>(float_from_half(t.as<uint16_t>()[k]))};
    case DType::kFloat64:
      return {true, t.as<double>()[k]};
    case DType::kComplex64:
      return {true, static_cast<double>(t.as<float>()[2 * k]), static_cast<double>(t.as<float>()[2 * k + 1])};
    case DType::kComplex128:
      return {true, t.as<double>()[2 * k], t.as<double>()[2 * k + 1]};
    case DType::kBool:
      return {.integer = t.as<uint8_t>()[k] != 0};
    default:
      return dispatch(t.dtype, IntegerTypes{}, [&]<class T>() { return Wide{.integer = static_cast<int64_t>(t.as<T>()[k])}; });
  }
}

template <class T>
T integer_from(const Wide& w) {
  if (!w.is_real) return static_cast<T>(w.integer);
  constexpr T kMin = std::numeric_limits<T>::min(), kMax = std::numeric_limits<T>::max();
  if (std::isnan(w.real) || w.real >= static_cast<double>(kMax)) return kMax;
  return w.real <= static_cast<double>(kMin) ? kMin : static_cast<T>(w.real);
}

void store(Tensor& t, size_t k, const Wide& w) {
  const double real = w.is_real ? w.real : static_cast<double>(w.integer);
  switch (t.dtype) {
    case DType::kFloat32:
      t.as<float>()[k] = w.is_real ? static_cast<float>(w.real) : static_cast<float>(w.integer);
      break;
    case DType::kFloat16:
      t.as<uint16_t>()[k] = half_from_float(static_cast<float>(real));
      break;
    case DType::kFloat64:
      t.as<double>()[k] = real;
      break;
    case DType::kComplex64:
      t.as<float>()[2 * k] = static_cast<float>(real);
      t.as<float>()[2 * k + 1] = static_cast<float>(w.imaginary);
      break;
    case DType::kComplex128:
      t.as<double>()[2 * k] = real;
      t.as<double>()[2 * k + 1] = w.imaginary;
      break;
    case DType::kBool:
      t.as<uint8_t>()[k] = w.is_real ? w.real != 0.0 : w.integer != 0;
      break;
    default:
      dispatch(t.dtype, IntegerTypes{}, [&]<class T>() { t.as<T>()[k] = integer_from<T>(w); });
  }
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(1, 1, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  for (const Tensor* tensor : {&ctx.input(0), static_cast<const Tensor*>(&ctx.output(0))})
    WHYZERO_TRY(ctx.expect_dtype(*tensor, {DType::kFloat32, DType::kFloat16, DType::kFloat64, DType::kComplex64,
                                           DType::kComplex128, DType::kBool, DType::kInt8, DType::kUInt8, DType::kInt16,
                                           DType::kUInt16, DType::kInt32, DType::kUInt32, DType::kInt64, DType::kUInt64}));
  return ctx.resize_output(0, ctx.input(0).shape);
}

Result<void> eval(Context& ctx) {
  for (size_t k = 0, count = ctx.input(0).elements(); k < count; ++k) store(ctx.output(0), k, load(ctx.input(0), k));
  return {};
}

}  // namespace

extern constinit const Operator unit_cast{
    .name = "CAST", .builtin = schema::BuiltinOperator_CAST, .max_version = 9, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
