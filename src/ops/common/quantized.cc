// Limits of fused activations, and unpacking of small integers.
#include "ops/common/quantized.h"

#include <fmt/format.h>

#include "graph/options.h"

namespace whyzero::ops {
namespace {

using graph::options;
namespace schema = whyzero::schema;

Unexpected no_such_activation(const Context& ctx, int activation) {
  return ctx.error(ErrorCode::kUnsupported, fmt::format("fused activation {} is not supported here; expected 0 to 5", activation));
}

}  // namespace

// What is not a clipping (TANH, SIGN_BIT) is passed over, as the official kernels do.
Result<Range<float>> activation_range(const Context& ctx, int activation) {
  switch (activation) {
    case schema::ActivationFunctionType_NONE:
    case schema::ActivationFunctionType_TANH:
    case schema::ActivationFunctionType_SIGN_BIT:
      return Range<float>{std::numeric_limits<float>::lowest(), std::numeric_limits<float>::max()};
    case schema::ActivationFunctionType_RELU:
      return Range<float>{0.0f, std::numeric_limits<float>::max()};
    case schema::ActivationFunctionType_RELU_N1_TO_1:
      return Range<float>{-1.0f, 1.0f};
    case schema::ActivationFunctionType_RELU6:
      return Range<float>{0.0f, 6.0f};
    default:
      return no_such_activation(ctx, activation);
  }
}

template <class T>
Result<Range<T>> integer_activation_range(const Context& ctx, int activation) {
  using L = std::numeric_limits<T>;
  switch (activation) {
    case schema::ActivationFunctionType_NONE:
    case schema::ActivationFunctionType_TANH:
    case schema::ActivationFunctionType_SIGN_BIT:
      return Range<T>{L::min(), L::max()};
    case schema::ActivationFunctionType_RELU:
      return Range<T>{0, L::max()};
    case schema::ActivationFunctionType_RELU_N1_TO_1:
      return Range<T>{static_cast<T>(-1), 1};
    case schema::ActivationFunctionType_RELU6:
      return Range<T>{0, 6};
    default:
      return no_such_activation(ctx, activation);
  }
}
template Result<Range<int16_t>> integer_activation_range(const Context&, int);
template Result<Range<int32_t>> integer_activation_range(const Context&, int);
template Result<Range<int64_t>> integer_activation_range(const Context&, int);
template Result<Range<uint32_t>> integer_activation_range(const Context&, int);

Range<int32_t> storage_range(DType dtype) {
  switch (dtype) {
    case DType::kInt8:
      return {-128, 127};
    case DType::kUInt8:
      return {0, 255};
    case DType::kInt16:
      return {-32768, 32767};
    case DType::kUInt16:
      return {0, 65535};
    case DType::kInt4:
      return {-8, 7};
    default:
      return {std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()};
  }
}

Result<Range<int32_t>> quantized_activation_range(const Context& ctx, int activation, const Tensor& output) {
  const Range<int32_t> all = storage_range(output.dtype);
  WHYZERO_ASSIGN(const Range<float> real, activation_range(ctx, activation));
  auto stored = [&](float x) {
    const int64_t q = int64_t{output.zero_point()} + saturating_round(x / output.scale());
    return static_cast<int32_t>(std::clamp<int64_t>(q, all.low, all.high));
  };
  Range<int32_t> range = all;
  if (real.low > std::numeric_limits<float>::lowest()) range.low = stored(real.low);
  if (real.high < std::numeric_limits<float>::max()) range.high = stored(real.high);
  return range;
}

std::vector<int8_t> unpacked(const Tensor& tensor) {
  const size_t count = tensor.elements();
  const size_t bits = dtype_bits(tensor.dtype), per_byte = 8 / bits;
  std::vector<int8_t> values(count);
  for (size_t k = 0; k < count; ++k) {
    const auto high = static_cast<uint8_t>(tensor.data[k / per_byte] << (8 - bits - k % per_byte * bits));
    values[k] = static_cast<int8_t>(static_cast<int8_t>(high) >> (8 - bits));
  }
  return values;
}

void pack(std::span<const int8_t> values, Tensor& tensor) {
  const size_t bits = dtype_bits(tensor.dtype), per_byte = 8 / bits;
  std::fill_n(tensor.data, tensor.bytes, uint8_t{0});
  for (size_t k = 0; k < values.size(); ++k) {
    const int field = (values[k] & ((1 << bits) - 1)) << (k % per_byte * bits);
    tensor.data[k / per_byte] = static_cast<uint8_t>(tensor.data[k / per_byte] | field);
  }
}

}  // namespace whyzero::ops
