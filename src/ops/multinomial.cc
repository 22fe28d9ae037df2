// MULTINOMIAL: draws class indices, one row of logarithms of weights a row of draws.
#include <fmt/format.h>

#include <algorithm>

#include "ops/common/random.h"
#include "ops/common/scratch.h"

namespace whyzero::ops {
namespace {

Result<Shape> output_shape(Context& ctx) {
  const Tensor& draws = ctx.input(1);
  if (draws.elements() != 1)
    return ctx.error(ErrorCode::kMalformed,
                     fmt::format("number of draws {} has {} elements, expected 1", draws.label(), draws.elements()));
  if (draws.as<int32_t>()[0] < 0)
    return ctx.error(ErrorCode::kMalformed, fmt::format("{} asks for {} draws", draws.label(), draws.as<int32_t>()[0]));
  return Shape{ctx.input(0).dim(0), draws.as<int32_t>()[0]};
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(ctx.expect_input(1));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), {DType::kFloat32}));
  WHYZERO_TRY(ctx.expect_rank(ctx.input(0), 2, 2));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(1), {DType::kInt32}));
  WHYZERO_TRY(ctx.expect_dtype(ctx.output(0), {DType::kInt32, DType::kInt64}));
  const auto& options = ctx.options<schema::RandomOptions>();
  ctx.make_state<Philox>() = Philox(static_cast<uint64_t>(options.seed()), static_cast<uint64_t>(options.seed2()));
  return prepare_shape(ctx, {1}, output_shape);
}

/// Draws by inversion of the cumulated weights; two words a draw, over all rows.
template <class T>
Result<void> draw(Context& ctx, Philox generator) {
  const Tensor& logits = ctx.input(0);
  const auto classes = static_cast<size_t>(logits.dim(1)), draws = static_cast<size_t>(ctx.output(0).dim(1));
  WHYZERO_ASSIGN(auto cumulated, scratch<double>(ctx, classes));
  T* out = ctx.output(0).as<T>();
  std::array<uint32_t, 4> words{};
  for (size_t row = 0, drawn = 0; row < static_cast<size_t>(logits.dim(0)); ++row) {
    const float* in = logits.as<float>() + row * classes;
    float largest = std::numeric_limits<float>::lowest();
    for (size_t c = 0; c < classes; ++c)
      if (std::isfinite(in[c])) largest = std::max(largest, in[c]);
    double total = 0.0;
    for (size_t c = 0; c < classes; ++c) {
      if (std::isfinite(in[c])) total += std::exp(static_cast<double>(in[c] - largest));
      cumulated[c] = total;
    }
    for (size_t k = 0; k < draws; ++k, ++drawn) {
      if (drawn % 2 == 0) words = generator.next();
      const size_t half = drawn % 2 * 2;
      const double point = uniform_from_bits(words[half], words[half + 1]) * total;
      *out++ = static_cast<T>(std::upper_bound(cumulated.begin(), cumulated.end(), point) - cumulated.begin());
    }
  }
  return {};
}

Result<void> eval(Context& ctx) {
  WHYZERO_TRY(settle_shape(ctx, output_shape));
  auto& state = ctx.state<Philox>();
  const Philox generator = state;
  // The next invocation starts far behind: room for 512 blocks a draw, draws of a row counted in fours.
  const auto fours = (static_cast<uint64_t>(ctx.output(0).dim(1)) + 3) / 4;
  state.skip(static_cast<uint64_t>(ctx.output(0).dim(0)) * fours * 4 * 512);
  return ctx.output(0).dtype == DType::kInt64 ? draw<int64_t>(ctx, generator) : draw<int32_t>(ctx, generator);
}

}  // namespace

extern constinit const Operator unit_multinomial{
    .name = "MULTINOMIAL", .builtin = schema::BuiltinOperator_MULTINOMIAL, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
