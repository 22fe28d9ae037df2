// What IF, WHILE and CALL share: outputs that take whatever shape the called subgraph gives.
#pragma once

#include <cstring>
#include <vector>

#include "ops/operator.h"

namespace whyzero::ops {

/// In prepare: every output's shape is known only when the subgraph has run. Strings do not pass subgraphs here: kUnsupported.
inline Result<void> expect_called_outputs(Context& ctx) {
  for (int k = 0; k < ctx.outputs(); ++k) {
    if (dtype_size(ctx.output(k).dtype) == 0) return ctx.error(ErrorCode::kUnsupported, ctx.output(k).label() + " has no fixed size of an element");
    ctx.make_dynamic(k);
  }
  return {};
}

/// In eval: output k gets the value; the dtypes must agree.
inline Result<void> give_output(Context& ctx, int k, const Tensor& value) {
  WHYZERO_TRY(ctx.expect_same_dtype(value, ctx.output(k)));
  WHYZERO_TRY(ctx.resize_output(k, value.shape));
  if (value.bytes > 0) std::memcpy(ctx.output(k).data, value.data, value.bytes);
  return {};
}

/// The single truth value of a condition.
inline Result<bool> truth_of(Context& ctx, const Tensor& tensor) {
  if (tensor.dtype != DType::kBool || tensor.elements() != 1)
    return ctx.error(ErrorCode::kMalformed, "the condition " + tensor.label() + " must be one bool");
  return tensor.as<uint8_t>()[0] != 0;
}

}  // namespace whyzero::ops
