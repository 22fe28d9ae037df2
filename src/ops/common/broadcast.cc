// Shapes and strides of broadcasting.
#include "ops/common/broadcast.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace whyzero::ops {

Result<Shape> broadcast_shape(const Context& ctx, std::span<const Shape* const> shapes) {
  size_t rank = 0;
  for (const Shape* shape : shapes) rank = std::max(rank, shape->size());
  Shape out(rank, 1);
  for (const Shape* shape : shapes)
    for (size_t d = 0; d < shape->size(); ++d) {
      int32_t& size = out[rank - shape->size() + d];
      const int32_t given = (*shape)[d];
      if (size == 1)
        size = given;
      else if (given != 1 && given != size) {
        std::string text;
        for (const Shape* s : shapes) text += fmt::format("{}[{}]", text.empty() ? "" : " and ", fmt::join(*s, ","));
        return ctx.error(ErrorCode::kMalformed,
                         fmt::format("inputs of shape {} do not fit together: dimensions must be equal or 1", text));
      }
    }
  return out;
}

std::vector<size_t> broadcast_strides(const Shape& shape, const Shape& out) {
  std::vector<size_t> strides(out.size(), 0);
  size_t step = 1;
  for (size_t d = shape.size(); d-- > 0;) {
    if (shape[d] != 1) strides[out.size() - shape.size() + d] = step;
    step *= static_cast<size_t>(shape[d]);
  }
  return strides;
}

}  // namespace whyzero::ops
