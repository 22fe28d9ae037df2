// LOCAL_RESPONSE_NORMALIZATION: x / (bias + alpha * sum of squares)^beta, summed over the channels within `radius` on either
// side.
#include <cmath>

#include "ops/common/elementwise.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(prepare_elementwise(ctx, {DType::kFloat32}));
  return ctx.expect_rank(ctx.input(0), 4, 4);
}

Result<void> eval(Context& ctx) {
  const auto& options = ctx.options<schema::LocalResponseNormalizationOptions>();
  const Tensor& input = ctx.input(0);
  const int64_t depth = input.dim(3), radius = std::max<int64_t>(options.radius(), 0);
  const float* in = input.as<float>();
  float* out = ctx.output(0).as<float>();
  for (size_t pixel = 0, count = depth == 0 ? 0 : input.elements() / static_cast<size_t>(depth); pixel < count; ++pixel) {
    for (int64_t c = 0; c < depth; ++c) {
      float squares = 0.0f;
      for (int64_t k = std::max<int64_t>(0, c - radius); k <= std::min(depth - 1, c + radius); ++k) squares += in[k] * in[k];
      out[c] = in[c] * std::pow(options.bias() + options.alpha() * squares, -options.beta());
    }
    in += depth;
    out += depth;
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_local_response_normalization{.name = "LOCAL_RESPONSE_NORMALIZATION",
                                                                  .builtin = schema::BuiltinOperator_LOCAL_RESPONSE_NORMALIZATION,
                                                                  .max_version = 1,
                                                                  .prepare = prepare,
                                                                  .eval = eval};

}  // namespace whyzero::ops
