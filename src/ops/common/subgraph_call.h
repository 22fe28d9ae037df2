// What IF, WHILE and CALL share: outputs that take whatever shape the called subgraph gives.
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "ops/common/strings.h"
#include "ops/operator.h"

namespace whyzero::ops {

/// In prepare: every output's shape is known only when the subgraph has run.
inline Result<void> expect_called_outputs(Context& ctx) {
  for (int k = 0; k < ctx.outputs(); ++k) ctx.make_dynamic(k);
  return {};
}

/// In eval: output k gets the value; the dtypes must agree.
inline Result<void> give_output(Context& ctx, int k, const Tensor& value) {
  WHYZERO_TRY(ctx.expect_same_dtype(value, ctx.output(k)));
  if (dtype_bits(value.dtype) == 0) {
    auto views = read_strings(std::span<const uint8_t>(value.data, value.bytes));
    if (!views) return fail(std::move(views).error(), ctx.node().label());
    return ctx.set_strings(k, std::vector<std::string>(views->begin(), views->end()), value.shape);
  }
  WHYZERO_TRY(ctx.resize_output(k, value.shape));
  if (value.bytes > 0) std::memcpy(ctx.output(k).data, value.data, value.bytes);
  return {};
}

/// In eval: runs a subgraph on the inputs from number `first` on; its outputs become the node's.
inline Result<void> call_subgraph(Context& ctx, int subgraph, int first) {
  std::vector<const Tensor*> inputs;
  for (int k = first; k < ctx.inputs(); ++k) inputs.push_back(&ctx.input(k));
  std::vector<Tensor> results;
  WHYZERO_TRY(ctx.host().call(subgraph, inputs, results));
  if (results.size() != static_cast<size_t>(ctx.outputs()))
    return ctx.error(ErrorCode::kMalformed, "subgraph " + std::to_string(subgraph) + " gives " + std::to_string(results.size()) +
                                                " values for " + std::to_string(ctx.outputs()) + " outputs");
  for (int k = 0; k < ctx.outputs(); ++k) WHYZERO_TRY(give_output(ctx, k, results[static_cast<size_t>(k)]));
  return {};
}

/// The single truth value of a condition.
inline Result<bool> truth_of(Context& ctx, const Tensor& tensor) {
  if (tensor.dtype != DType::kBool || tensor.elements() != 1)
    return ctx.error(ErrorCode::kMalformed, "the condition " + tensor.label() + " must be one bool");
  return tensor.as<uint8_t>()[0] != 0;
}

}  // namespace whyzero::ops
