// NOT_EQUAL: true where the inputs differ, element by element, broadcast. The official kernel lacks int16 without a scale.
#include "ops/common/comparison.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  // Without a kernel the official runtime leaves the output as it was; there is no value to agree with.
  if (ctx.has_input(0) && ctx.input(0).dtype == DType::kInt16 && !ctx.input(0).quantization->present())
    return ctx.error(ErrorCode::kUnsupported,
                     "int16 without a scale is not computed by the official runtime either; compare with EQUAL and LOGICAL_NOT");
  return prepare_comparison(ctx, true);
}

}  // namespace

extern constinit const Operator unit_not_equal{.name = "NOT_EQUAL",
                                               .builtin = schema::BuiltinOperator_NOT_EQUAL,
                                               .max_version = 4,
                                               .prepare = prepare,
                                               .eval = eval_comparison<std::not_equal_to<>>};

}  // namespace whyzero::ops
