// BATCH_MATMUL: products of matrices [.., m, k] and [.., k, n], either of which may be stored transposed; leading dimensions are
// broadcast. int8 matrices may give their plain sums as int32.
#include <fmt/format.h>

#include "ops/common/broadcast.h"
#include "ops/common/scratch.h"
#include "ops/common/weights.h"

namespace whyzero::ops {
namespace {

struct State {
  size_t rows = 0, depth = 0, columns = 0;  // m, k, n
  bool transposed_a = false, transposed_b = false, asymmetric = false;
  Broadcast<2> matrices;
  Requantization requantize;

  size_t a(size_t row, size_t k) const { return transposed_a ? k * rows + row : row * depth + k; }
  size_t b(size_t k, size_t column) const { return transposed_b ? column * depth + k : k * columns + column; }
};

Result<void> check_types(Context& ctx, State& s) {
  const Tensor& a = ctx.input(0);
  const Tensor& b = ctx.input(1);
  const Tensor& output = ctx.output(0);
  WHYZERO_TRY(ctx.expect_dtype(a, {DType::kFloat32, DType::kInt8, DType::kInt16}));
  if (a.dtype == DType::kFloat32) {
    WHYZERO_TRY(ctx.expect_dtype(b, {DType::kFloat32, DType::kInt8}));
    if (b.dtype == DType::kInt8) {
      WHYZERO_TRY(ctx.expect_quantized(b, static_cast<int>(s.columns)));
      WHYZERO_TRY(ctx.expect_zero_point(b, 0));
    }
    return ctx.expect_same_dtype(a, output);
  }
  if (a.dtype == DType::kInt16)
    WHYZERO_TRY(ctx.expect_dtype(b, {DType::kInt16, DType::kInt8}));
  else
    WHYZERO_TRY(ctx.expect_same_dtype(a, b));
  if (a.dtype == DType::kInt8 && output.dtype == DType::kInt32) return {};
  WHYZERO_TRY(ctx.expect_same_dtype(a, output));
  if (b.quantization->per_channel()) {
    // The official kernels know one scale a matrix and take 0 where there are several: the product is all zeros.
    WHYZERO_TRY(ctx.expect_quantized(output));
    s.requantize.channel = {Multiplier{}};
    s.requantize.zero_point = output.zero_point();
    s.requantize.range = storage_range(output.dtype);
  } else {
    WHYZERO_ASSIGN(s.requantize, requantization(ctx, a, b, output, 1, 0, schema::ActivationFunctionType_NONE, true));
  }
  if (a.dtype == DType::kInt8) return {};
  s.requantize.rounding = Requantization::kShort;
  for (const Tensor* tensor : {&a, &b, &output}) WHYZERO_TRY(ctx.expect_zero_point(*tensor, 0));
  return {};
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, 1));
  for (int k : {0, 1}) {
    WHYZERO_TRY(ctx.expect_input(k));
    WHYZERO_TRY(ctx.expect_rank(ctx.input(k), 2, 5));
  }
  const Tensor& a = ctx.input(0);
  const Tensor& b = ctx.input(1);
  const auto& options = ctx.options<schema::BatchMatMulOptions>();
  auto& s = ctx.make_state<State>();
  s.transposed_a = options.adj_x();
  s.transposed_b = options.adj_y();
  s.asymmetric = options.asymmetric_quantize_inputs();
  auto size = [](const Tensor& t, bool first) { return t.dim(t.rank() - (first ? 2 : 1)); };
  const int32_t rows = size(a, !s.transposed_a), depth = size(a, s.transposed_a), columns = size(b, s.transposed_b);
  if (depth != size(b, !s.transposed_b))
    return ctx.error(ErrorCode::kMalformed, fmt::format("the matrices of {} have {} columns and those of {} have {} rows; "
                                                        "expected as many",
                                                        a.label(), depth, b.label(), size(b, !s.transposed_b)));
  s.rows = static_cast<size_t>(rows);
  s.depth = static_cast<size_t>(depth);
  s.columns = static_cast<size_t>(columns);
  WHYZERO_TRY(check_types(ctx, s));
  const Shape batch_a(a.shape.begin(), a.shape.end() - 2), batch_b(b.shape.begin(), b.shape.end() - 2);
  const std::array<const Shape*, 2> shapes{&batch_a, &batch_b};
  WHYZERO_ASSIGN(Shape shape, broadcast_shape(ctx, shapes));
  s.matrices = make_broadcast<2>(shape, shapes);
  shape.push_back(rows);
  shape.push_back(columns);
  return ctx.resize_output(0, std::move(shape));
}

/// emit(index of output, sum) for every element.
template <class Sum, class A, class B, class Emit>
void multiply_all(const State& s, const A* a, Sum a_offset, const B* b, Sum b_offset, Emit&& emit) {
  for_each(s.matrices, [&](size_t matrix, const std::array<size_t, 2>& at) {
    const A* left = a + at[0] * s.rows * s.depth;
    const B* right = b + at[1] * s.depth * s.columns;
    size_t index = matrix * s.rows * s.columns;
    for (size_t row = 0; row < s.rows; ++row)
      for (size_t column = 0; column < s.columns; ++column, ++index) {
        Sum sum = 0;
        for (size_t k = 0; k < s.depth; ++k)
          sum += (static_cast<Sum>(left[s.a(row, k)]) + a_offset) * (static_cast<Sum>(right[s.b(k, column)]) + b_offset);
        emit(index, sum);
      }
  });
}

/// Rows of a are quantized one by one, each with a scale and zero point of its own.
Result<void> eval_hybrid(Context& ctx, const State& s) {
  const Tensor& a = ctx.input(0);
  const Tensor& b = ctx.input(1);
  const size_t count = a.elements(), all_rows = s.depth == 0 ? 0 : count / s.depth;
  WHYZERO_ASSIGN(auto quantized, scratch<int8_t>(ctx, count));
  WHYZERO_ASSIGN(auto rows, scratch<QuantizedRow>(ctx, all_rows));
  WHYZERO_ASSIGN(auto row, scratch<float>(ctx, s.depth));
  WHYZERO_ASSIGN(auto stored, scratch<int8_t>(ctx, s.depth));
  for (size_t r = 0; r < all_rows; ++r) {
    const size_t matrix = r / s.rows * s.rows * s.depth;
    for (size_t k = 0; k < s.depth; ++k) row[k] = a.as<float>()[matrix + s.a(r % s.rows, k)];
    rows[r] = quantize_row(row, s.asymmetric, stored.data());
    for (size_t k = 0; k < s.depth; ++k) quantized[matrix + s.a(r % s.rows, k)] = stored[k];
  }
  const std::vector<float> scales = channel_scales(b, static_cast<int>(s.columns));
  float* out = ctx.output(0).as<float>();
  for_each(s.matrices, [&](size_t matrix, const std::array<size_t, 2>& at) {
    const int8_t* left = quantized.data() + at[0] * s.rows * s.depth;
    const int8_t* right = b.as<int8_t>() + at[1] * s.depth * s.columns;
    size_t index = matrix * s.rows * s.columns;
    for (size_t m = 0; m < s.rows; ++m) {
      const QuantizedRow& scale = rows.empty() ? QuantizedRow{} : rows[at[0] * s.rows + m];
      for (size_t n = 0; n < s.columns; ++n, ++index) {
        int64_t sum = 0;
        for (size_t k = 0; k < s.depth; ++k) sum += int64_t{left[s.a(m, k)] - scale.zero_point} * right[s.b(k, n)];
        out[index] = static_cast<float>(sum) * (scale.scale * scales[n]);
      }
    }
  });
  return {};
}

template <class T, class B>
void eval_integer(Context& ctx, const State& s) {
  const Tensor& a = ctx.input(0);
  const Tensor& b = ctx.input(1);
  T* out = ctx.output(0).as<T>();
  multiply_all(s, a.as<T>(), int64_t{-a.zero_point()}, b.as<B>(), int64_t{-b.zero_point()},
               [&](size_t i, int64_t sum) { out[i] = static_cast<T>(s.requantize(sum, 0)); });
}

Result<void> eval(Context& ctx) {
  const auto& s = ctx.state<State>();
  const Tensor& a = ctx.input(0);
  const Tensor& b = ctx.input(1);
  Tensor& output = ctx.output(0);
  if (a.dtype == DType::kFloat32 && b.dtype == DType::kInt8) return eval_hybrid(ctx, s);
  if (a.dtype == DType::kFloat32)
    multiply_all(s, a.as<float>(), 0.0f, b.as<float>(), 0.0f, [&](size_t i, float sum) { output.as<float>()[i] = sum; });
  else if (output.dtype == DType::kInt32)
    multiply_all(s, a.as<int8_t>(), int64_t{0}, b.as<int8_t>(), int64_t{0},
                 [&](size_t i, int64_t sum) { output.as<int32_t>()[i] = static_cast<int32_t>(sum); });
  else if (a.dtype == DType::kInt8)
    eval_integer<int8_t, int8_t>(ctx, s);
  else if (b.dtype == DType::kInt8)
    eval_integer<int16_t, int8_t>(ctx, s);
  else
    eval_integer<int16_t, int16_t>(ctx, s);
  return {};
}

}  // namespace

extern constinit const Operator unit_batch_matmul{
    .name = "BATCH_MATMUL", .builtin = schema::BuiltinOperator_BATCH_MATMUL, .max_version = 4, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
