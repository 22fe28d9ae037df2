// Contract of comparisons.
#include "ops/common/comparison.h"

namespace whyzero::ops {

Result<void> prepare_comparison(Context& ctx, bool equality) {
  auto& s = ctx.make_state<ComparisonState>();
  if (equality) {
    WHYZERO_ASSIGN(s.plan, prepare_broadcast(ctx,
                                             {DType::kFloat32, DType::kFloat16, DType::kInt8, DType::kUInt8, DType::kInt16,
                                              DType::kInt32, DType::kInt64, DType::kBool, DType::kString},
                                             DType::kBool));
  } else {
    WHYZERO_ASSIGN(s.plan, prepare_broadcast(ctx,
                                             {DType::kFloat32, DType::kFloat16, DType::kInt8, DType::kUInt8, DType::kInt16,
                                              DType::kInt32, DType::kInt64},
                                             DType::kBool));
  }
  const Tensor& a = ctx.input(0);
  const Tensor& b = ctx.input(1);
  // int16 is brought to one scale where equality is asked for; the order of two is that of what is stored.
  const bool scaled = a.dtype == DType::kInt8 || a.dtype == DType::kUInt8 || (a.dtype == DType::kInt16 && equality);
  if (!scaled || (!a.quantization->present() && !b.quantization->present())) return {};
  WHYZERO_TRY(ctx.expect_quantized(a));
  WHYZERO_TRY(ctx.expect_quantized(b));
  s.quantized = true;
  s.zero_a = a.zero_point();
  s.zero_b = b.zero_point();
  s.a = multiplier_from_real(static_cast<double>(a.scale()));
  s.b = multiplier_from_real(static_cast<double>(b.scale()));
  return {};
}

}  // namespace whyzero::ops
