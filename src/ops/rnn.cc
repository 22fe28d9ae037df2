// RNN: one step of a plain recurrent cell over a batch; its state is a variable tensor.
#include "ops/common/rnn.h"

#include "graph/options.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(5, 5, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  const Tensor& input = ctx.input(0);
  WHYZERO_TRY(ctx.expect_dtype(input, {DType::kFloat32}));
  WHYZERO_TRY(ctx.expect_same_dtype(input, ctx.output(0)));
  WHYZERO_TRY(ctx.expect_rank(input, 2, 2));
  const auto& options = ctx.options<schema::RNNOptions>();
  auto& cell = ctx.make_state<RnnCell>();
  WHYZERO_TRY(prepare_rnn(ctx, {}, {options.fused_activation_function(), options.asymmetric_quantize_inputs()},
                          static_cast<size_t>(input.dim(0)), static_cast<size_t>(input.dim(1)), 0, cell));
  return ctx.resize_output(0, {input.dim(0), static_cast<int32_t>(cell.units)});
}

Result<void> eval(Context& ctx) {
  if (has_computed_weights(ctx, {4})) WHYZERO_TRY(prepare(ctx));
  auto& cell = ctx.state<RnnCell>();
  const Tensor& input = ctx.input(0);
  const auto batch = static_cast<size_t>(input.dim(0)), width = static_cast<size_t>(input.dim(1));
  for (size_t b = 0; b < batch; ++b)
    step_rnn(cell, input.as<float>() + b * width, nullptr, ctx.variable(4).as<float>() + b * cell.units,
             ctx.output(0).as<float>() + b * cell.units);
  return {};
}

}  // namespace

extern constinit const Operator unit_rnn{
    .name = "RNN", .builtin = schema::BuiltinOperator_RNN, .max_version = 3, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
