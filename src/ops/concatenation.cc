// CONCATENATION: inputs one after the other along an axis; uint8 inputs are brought to the scale of the output. As in
// the official kernels, a fused activation has no effect.
#include <fmt/format.h>

#include <cstring>
#include <limits>

#include "ops/common/quantized.h"
#include "ops/common/shapes.h"

namespace whyzero::ops {
namespace {

struct State {
  size_t outer = 1;
  std::vector<size_t> rows;  // bytes of each input for one step of the outer dimensions
};

Result<void> check_quantization(Context& ctx, const Tensor& input) {
  const Tensor& output = ctx.output(0);
  if (input.dtype == DType::kUInt8) {
    WHYZERO_TRY(ctx.expect_quantized(input));
    return ctx.expect_quantized(output);
  }
  const bool bytes = input.dtype == DType::kInt8 || input.dtype == DType::kInt16;
  if (bytes && (input.scale() != output.scale() || input.zero_point() != output.zero_point()))
    return ctx.error(
        ErrorCode::kQuantizationInvalid,
        fmt::format("input {} has scale {} and zero point {}, output {} has {} and {}; they must be equal", input.label(),
                    input.scale(), input.zero_point(), output.label(), output.scale(), output.zero_point()));
  return {};
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(1, std::numeric_limits<int>::max(), 1, 1));
  for (int k = 0; k < ctx.inputs(); ++k) WHYZERO_TRY(ctx.expect_input(k));
  const auto& options = ctx.options<schema::ConcatenationOptions>();
  const Tensor& first = ctx.input(0);
  WHYZERO_TRY(expect_movable(ctx, first));
  WHYZERO_TRY(ctx.expect_same_dtype(first, ctx.output(0)));
  WHYZERO_ASSIGN(const int axis, normalized_axis(ctx, options.axis(), first.rank()));
  auto& s = ctx.make_state<State>();
  int64_t sum = 0;
  for (int k = 0; k < ctx.inputs(); ++k) {
    const Tensor& input = ctx.input(k);
    WHYZERO_TRY(ctx.expect_same_dtype(first, input));
    WHYZERO_TRY(ctx.expect_rank(input, first.rank(), first.rank()));
    WHYZERO_TRY(check_quantization(ctx, input));
    size_t row = dtype_size(input.dtype);
    for (int d = 0; d < first.rank(); ++d) {
      if (d != axis && input.dim(d) != first.dim(d))
        return ctx.error(ErrorCode::kMalformed,
                         fmt::format("dimension {} of input {} is {}, of input {} {}; only axis {} may differ", d, input.label(),
                                     input.dim(d), first.label(), first.dim(d), axis));
      if (d >= axis) row *= static_cast<size_t>(input.dim(d));
    }
    s.rows.push_back(row);
    sum += input.dim(axis);
  }
  for (int d = 0; d < axis; ++d) s.outer *= static_cast<size_t>(first.dim(d));
  Shape shape = first.shape;
  WHYZERO_ASSIGN(shape[static_cast<size_t>(axis)], dimension(ctx, sum));
  return ctx.resize_output(0, std::move(shape));
}

void rescale(const uint8_t* in, size_t count, const Tensor& from, const Tensor& to, uint8_t* out) {
  const float inverse = 1.0f / to.scale();
  const float scale = from.scale() * inverse, bias = static_cast<float>(-from.zero_point()) * scale;
  for (size_t k = 0; k < count; ++k) {
    const int64_t q = int64_t{saturating_round(std::round(static_cast<float>(in[k]) * scale + bias))} + to.zero_point();
    out[k] = static_cast<uint8_t>(std::clamp<int64_t>(q, 0, 255));
  }
}

Result<void> eval(Context& ctx) {
  const auto& s = ctx.state<State>();
  uint8_t* out = ctx.output(0).data;
  for (size_t o = 0; o < s.outer; ++o)
    for (int k = 0; k < ctx.inputs(); ++k) {
      const Tensor& input = ctx.input(k);
      const size_t row = s.rows[static_cast<size_t>(k)];
      const bool same = input.scale() == ctx.output(0).scale() && input.zero_point() == ctx.output(0).zero_point();
      if (input.dtype == DType::kUInt8 && !same)
        rescale(input.data + o * row, row, input, ctx.output(0), out);
      else if (row > 0)
        std::memcpy(out, input.data + o * row, row);
      out += row;
    }
  return {};
}

}  // namespace

extern constinit const Operator unit_concatenation{.name = "CONCATENATION",
                                                   .builtin = schema::BuiltinOperator_CONCATENATION,
                                                   .max_version = 7,
                                                   .prepare = prepare,
                                                   .eval = eval};

}  // namespace whyzero::ops
