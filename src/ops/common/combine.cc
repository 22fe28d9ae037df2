// One call of a subgraph for many pairs.
#include "ops/common/combine.h"

#include <fmt/format.h>

#include <cstring>

#include "ops/common/shapes.h"

namespace whyzero::ops {

Result<void> combine_by_subgraph(Context& ctx, int subgraph, DType dtype, std::span<uint8_t> so_far,
                                 std::span<const uint8_t> values) {
  static const graph::Quantization kNone;
  if (so_far.empty()) return {};
  Tensor first, second;
  first.dtype = second.dtype = dtype;
  WHYZERO_ASSIGN(const int32_t count, dimension(ctx, static_cast<int64_t>(so_far.size() / dtype_size(dtype))));
  first.shape = second.shape = {count};
  first.quantization = second.quantization = &kNone;
  first.bytes = second.bytes = so_far.size();
  first.data = so_far.data();
  second.data = const_cast<uint8_t*>(values.data());  // inputs of a call are only read
  const Tensor* inputs[] = {&first, &second};
  std::vector<Tensor> results;
  WHYZERO_TRY(ctx.host().call(subgraph, inputs, results));
  if (results.size() != 1 || results[0].dtype != dtype || results[0].bytes != so_far.size())
    return ctx.error(ErrorCode::kUnsupported,
                     fmt::format("subgraph {} does not combine two values element by element", subgraph));
  std::memcpy(so_far.data(), results[0].data, so_far.size());
  return {};
}

}  // namespace whyzero::ops
