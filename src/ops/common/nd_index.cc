// From rows of indices to the numbers of the parts.
#include "ops/common/nd_index.h"

#include <fmt/format.h>

#include "ops/common/scratch.h"

namespace whyzero::ops {

Result<NdIndex> nd_index(Context& ctx, const std::vector<int64_t>& indices, const Tensor& rows, const Shape& shape) {
  const size_t depth = static_cast<size_t>(rows.shape.back());
  const size_t count = element_count({rows.shape.begin(), rows.shape.end() - 1});
  NdIndex at;
  at.part = element_count({shape.begin() + static_cast<std::ptrdiff_t>(depth), shape.end()});
  WHYZERO_ASSIGN(at.parts, scratch<size_t>(ctx, count));
  for (size_t k = 0; k < count; ++k)
    for (size_t d = 0; d < depth; ++d) {
      const int64_t index = indices[k * depth + d];
      if (index < 0 || index >= shape[d])
        return ctx.error(ErrorCode::kInvalidArgument, fmt::format("index {} in row {} of {} lies outside of dimension {} of {}",
                                                                  index, k, rows.label(), d, shape[d]));
      at.parts[k] = at.parts[k] * static_cast<size_t>(shape[d]) + static_cast<size_t>(index);
    }
  return at;
}

}  // namespace whyzero::ops
