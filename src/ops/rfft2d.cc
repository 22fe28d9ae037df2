// RFFT2D: Fourier transform of real matrices (the last two dimensions, cut or padded to the given size): rows first, of which the
// first half and the middle are kept, then columns.
#include <fmt/format.h>

#include <algorithm>
#include <complex>

#include "numerics/fourier.h"
#include "ops/common/shapes.h"

namespace whyzero::ops {
namespace {

Result<std::vector<int64_t>> lengths(Context& ctx) {
  WHYZERO_ASSIGN(auto size, integers(ctx, ctx.input(1)));
  constexpr int64_t kLongest = 1 << 24;
  if (size.size() != 2) return ctx.error(ErrorCode::kMalformed, fmt::format("has {} lengths, expected 2", size.size()));
  for (int64_t n : size)
    if (n < 1 || n > kLongest || (n & (n - 1)) != 0)
      return ctx.error(ErrorCode::kMalformed, fmt::format("length {} is not a power of two of at most {}", n, kLongest));
  return size;
}

Result<Shape> output_shape(Context& ctx) {
  WHYZERO_ASSIGN(const auto size, lengths(ctx));
  Shape shape = ctx.input(0).shape;
  shape[shape.size() - 2] = static_cast<int32_t>(size[0]);
  shape[shape.size() - 1] = static_cast<int32_t>(size[1] / 2 + 1);
  return shape;
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(ctx.expect_input(1));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), {DType::kFloat32}));
  WHYZERO_TRY(ctx.expect_dtype(ctx.output(0), {DType::kComplex64}));
  WHYZERO_TRY(ctx.expect_rank(ctx.input(0), 2, 8));
  return prepare_shape(ctx, {1}, output_shape);
}

using Complex = std::complex<double>;

Result<void> eval(Context& ctx) {
  WHYZERO_TRY(settle_shape(ctx, output_shape));
  WHYZERO_ASSIGN(const auto size, lengths(ctx));
  const Tensor& input = ctx.input(0);
  const auto height = static_cast<size_t>(size[0]), width = static_cast<size_t>(size[1]), kept = width / 2 + 1;
  const auto in_height = static_cast<size_t>(input.dim(input.rank() - 2)),
             in_width = static_cast<size_t>(input.dim(input.rank() - 1));
  const size_t matrices = ctx.output(0).elements() / (height * kept);
  std::vector<Complex> row(width), column(height), half(height * kept);
  for (size_t m = 0; m < matrices; ++m) {
    const float* in = input.as<float>() + m * in_height * in_width;
    for (size_t y = 0; y < height; ++y) {
      for (size_t x = 0; x < width; ++x) row[x] = y < in_height && x < in_width ? static_cast<double>(in[y * in_width + x]) : 0.0;
      fourier_transform(row);
      std::copy_n(row.begin(), kept, half.begin() + static_cast<std::ptrdiff_t>(y * kept));
    }
    float* out = ctx.output(0).as<float>() + 2 * m * height * kept;
    for (size_t x = 0; x < kept; ++x) {
      for (size_t y = 0; y < height; ++y) column[y] = half[y * kept + x];
      fourier_transform(column);
      for (size_t y = 0; y < height; ++y) {
        out[2 * (y * kept + x)] = static_cast<float>(column[y].real());
        out[2 * (y * kept + x) + 1] = static_cast<float>(column[y].imag());
      }
    }
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_rfft2d{
    .name = "RFFT2D", .builtin = schema::BuiltinOperator_RFFT2D, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
