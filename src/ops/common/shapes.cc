// Control inputs, shapes that depend on them, strided copies.
#include "ops/common/shapes.h"

#include <fmt/format.h>

#include <cstring>
#include <limits>

namespace whyzero::ops {

Result<std::vector<int64_t>> integers(const Context& ctx, const Tensor& tensor) {
  WHYZERO_TRY(ctx.expect_dtype(tensor, {DType::kInt8, DType::kUInt8, DType::kInt16, DType::kInt32, DType::kInt64}));
  std::vector<int64_t> values(tensor.elements());
  for (size_t k = 0; k < values.size(); ++k) switch (tensor.dtype) {
      case DType::kInt8:
        values[k] = tensor.as<int8_t>()[k];
        break;
      case DType::kUInt8:
        values[k] = tensor.as<uint8_t>()[k];
        break;
      case DType::kInt16:
        values[k] = tensor.as<int16_t>()[k];
        break;
      case DType::kInt32:
        values[k] = tensor.as<int32_t>()[k];
        break;
      default:
        values[k] = tensor.as<int64_t>()[k];
        break;
    }
  return values;
}

Result<int> normalized_axis(const Context& ctx, int64_t axis, int rank) {
  if (axis < -rank || axis >= rank)
    return ctx.error(ErrorCode::kMalformed, fmt::format("axis {} does not exist; there are {} dimensions", axis, rank));
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

Result<void> expect_movable(const Context& ctx, const Tensor& tensor) {
  if (dtype_size(tensor.dtype) > 0) return {};
  return ctx.error(ErrorCode::kUnsupported, fmt::format("tensor {} of type {} cannot be moved by elements here", tensor.label(),
                                                        dtype_name(tensor.dtype)));
}

Result<int32_t> dimension(const Context& ctx, int64_t size) {
  if (size >= 0 && size <= std::numeric_limits<int32_t>::max()) return static_cast<int32_t>(size);
  return ctx.error(ErrorCode::kMalformed, fmt::format("the output would have a dimension of {}", size));
}

Result<void> prepare_shape(Context& ctx, std::initializer_list<int> controls, ShapeFunction shape) {
  for (int k : controls)
    if (ctx.has_input(k) && !ctx.input(k).constant) {
      ctx.make_dynamic(0);
      return {};
    }
  WHYZERO_ASSIGN(Shape known, shape(ctx));
  return ctx.resize_output(0, std::move(known));
}

Result<void> settle_shape(Context& ctx, ShapeFunction shape) {
  if (!ctx.output(0).dynamic) return {};
  WHYZERO_ASSIGN(Shape known, shape(ctx));
  return ctx.resize_output(0, std::move(known));
}

std::vector<int64_t> dense_strides(const Shape& shape) {
  std::vector<int64_t> strides(shape.size());
  int64_t step = 1;
  for (size_t d = shape.size(); d-- > 0;) {
    strides[d] = step;
    step *= shape[d];
  }
  return strides;
}

void copy_strided(const uint8_t* in, int64_t offset, std::span<const int64_t> strides, const Shape& shape, size_t bytes,
                  uint8_t* out) {
  const size_t count = element_count(shape);
  if (count == 0) return;
  // Trailing dimensions that lie densely in the input are copied at once.
  size_t outer = shape.size();
  int64_t run = 1;
  while (outer > 0 && (strides[outer - 1] == run || shape[outer - 1] == 1)) run *= shape[--outer];
  const size_t block = static_cast<size_t>(run) * bytes;
  std::vector<int32_t> counter(outer, 0);
  for (size_t done = 0; done < count; done += static_cast<size_t>(run)) {
    std::memcpy(out + done * bytes, in + offset * static_cast<int64_t>(bytes), block);
    for (size_t d = outer; d-- > 0;) {
      offset += strides[d];
      if (++counter[d] < shape[d]) break;
      offset -= strides[d] * shape[d];
      counter[d] = 0;
    }
  }
}

void copy_all(Context& ctx) {
  if (ctx.output(0).bytes > 0) std::memcpy(ctx.output(0).data, ctx.input(0).data, ctx.output(0).bytes);
}

}  // namespace whyzero::ops
