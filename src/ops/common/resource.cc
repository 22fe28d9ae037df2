// Names of resources in resource tensors.
#include "ops/common/resource.h"

#include "ops/common/strings.h"

namespace whyzero::ops {

Result<void> prepare_handle(Context& ctx, int k) {
  WHYZERO_TRY(ctx.expect_dtype(ctx.output(k), {DType::kResource}));
  return ctx.resize_output(k, ctx.output(k).shape);
}

Result<std::string> resource_name(const Context& ctx, int k) {
  const Tensor& tensor = ctx.input(k);
  auto names = read_strings(std::span<const uint8_t>(tensor.data, tensor.bytes));
  if (!names) return fail(std::move(names).error(), ctx.node().label());
  if (names->size() == 1) return std::string(names->front());
  return ctx.error(ErrorCode::kMalformed, "input " + tensor.label() +
                                              " names no resource; it must come from a VAR_HANDLE or HASHTABLE node");
}

}  // namespace whyzero::ops
