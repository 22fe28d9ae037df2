// IMAG: imaginary part of complex numbers.
#include "graph/options.h"
#include "ops/operator.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(1, 1, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), {DType::kComplex64, DType::kComplex128}));
  WHYZERO_TRY(ctx.expect_dtype(ctx.output(0), {ctx.input(0).dtype == DType::kComplex64 ? DType::kFloat32 : DType::kFloat64}));
  return ctx.resize_output(0, ctx.input(0).shape);
}

template <class T>
void parts(Context& ctx) {
  const T* in = ctx.input(0).as<T>();
  for (size_t k = 0, count = ctx.input(0).elements(); k < count; ++k) ctx.output(0).as<T>()[k] = in[2 * k + 1];
}

Result<void> eval(Context& ctx) {
  if (ctx.input(0).dtype == DType::kComplex64)
    parts<float>(ctx);
  else
    parts<double>(ctx);
  return {};
}

}  // namespace

extern constinit const Operator unit_imag{
    .name = "IMAG", .builtin = schema::BuiltinOperator_IMAG, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
