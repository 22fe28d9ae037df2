// What operators ask of their node: shapes and memory of outputs, and the checks of the contract with their messages.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <limits>

#include "ops/common/memory.h"
#include "ops/common/strings.h"
#include "ops/operator.h"

namespace whyzero::ops {
namespace {

/// Range of the stored integers, which the zero point must lie in.
std::pair<int64_t, int64_t> integer_range(DType dtype) {
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
    case DType::kUInt4:
      return {0, 15};
    case DType::kInt2:
      return {-2, 1};
    default:
      return {std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()};
  }
}

std::string shape_text(std::span<const int32_t> shape) { return fmt::format("[{}]", fmt::join(shape, ",")); }

/// "tensor #12 "x" (int8 [1,4])"
std::string describe(const Tensor& tensor) {
  return fmt::format("tensor {} ({} {})", tensor.label(), dtype_name(tensor.dtype), shape_text(tensor.shape));
}

}  // namespace

Unexpected Context::error(ErrorCode code, std::string message) const {
  return fail(code, node_.label() + ": " + std::move(message));
}

Result<void> Context::resize_output(int k, Shape shape) {
  Tensor& tensor = output(k);
  const auto bytes = tensor_bytes(tensor.dtype, shape);
  if (!bytes || !checked_elements(shape))
    return error(ErrorCode::kShapeMismatch,
                 fmt::format("output {} ({}) cannot have shape {}; check the shapes and options that lead to it", k,
                             tensor.label(), shape_text(shape)));
  if (!tensor.dynamic) {
    // With memory the plan is made: another shape now would write past it.
    if (tensor.data && shape != tensor.shape && dtype_bits(tensor.dtype) != 0)
      return error(ErrorCode::kShapeMismatch, fmt::format("output {} ({}) was planned with shape {} and becomes {} while running",
                                                          k, tensor.label(), shape_text(tensor.shape), shape_text(shape)));
    tensor.shape = std::move(shape);
    if (dtype_bits(tensor.dtype) != 0) tensor.bytes = *bytes;
    return {};
  }
  if (*bytes > tensor.owned.capacity()) {
    if (auto room = host_.reserve(*bytes - tensor.owned.capacity()); !room) return fail(std::move(room).error(), node_.label());
    // The old contents are not needed: freeing them first keeps the peak at one buffer.
    std::vector<uint8_t>().swap(tensor.owned);
  }
  if (!try_resize(tensor.owned, *bytes))
    return error(ErrorCode::kOutOfMemory, fmt::format("no memory for {} bytes of output {} ({})", *bytes, k, tensor.label()));
  tensor.shape = std::move(shape);
  tensor.bytes = *bytes;
  tensor.data = *bytes ? tensor.owned.data() : no_bytes();
  return {};
}

Result<void> Context::set_strings(int k, const std::vector<std::string>& strings, Shape shape) {
  Tensor& tensor = output(k);
  const auto elements = checked_elements(shape);
  if (!elements || *elements != strings.size())
    return error(ErrorCode::kShapeMismatch, fmt::format("output {} ({}): {} strings do not fill shape {}", k, tensor.label(),
                                                        strings.size(), shape_text(shape)));
  const bool resizes = tensor.dtype == DType::kString;
  if (resizes && !tensor.dynamic && shape != tensor.shape)
    return error(ErrorCode::kShapeMismatch, fmt::format("output {} ({}) was planned with shape {} and becomes {} while running",
                                                        k, tensor.label(), shape_text(tensor.shape), shape_text(shape)));
  auto size = string_buffer_size(strings);
  if (!size) return fail(std::move(size).error(), node_.label());
  if (*size > tensor.owned.capacity())
    if (auto room = host_.reserve(*size - tensor.owned.capacity()); !room) return fail(std::move(room).error(), node_.label());
  if (auto written = write_strings(strings, tensor.owned); !written) return fail(std::move(written).error(), node_.label());
  if (resizes) tensor.shape = std::move(shape);
  tensor.data = tensor.owned.data();
  tensor.bytes = tensor.owned.size();
  return {};
}

Result<void> Context::expect_arity(int min_inputs, int max_inputs, int min_outputs, int max_outputs) const {
  auto check = [&](const char* what, int given, int low, int high) -> Result<void> {
    if (given >= low && given <= high) return {};
    const std::string wanted = low == high ? fmt::format("{}", low) : fmt::format("{} to {}", low, high);
    return error(ErrorCode::kMalformed,
                 fmt::format("has {} {}, expected {}; the file is damaged or its converter is at fault", given, what, wanted));
  };
  WHYZERO_TRY(check("inputs", inputs(), min_inputs, max_inputs));
  return check("outputs", outputs(), min_outputs, max_outputs);
}

Result<void> Context::expect_input(int k) const {
  if (has_input(k)) return {};
  return error(ErrorCode::kMalformed,
               fmt::format("input {} is left out and is required; the file is damaged or its converter is at fault", k));
}

Result<void> Context::expect_dtype(const Tensor& tensor, std::initializer_list<DType> allowed) const {
  std::string names;
  for (DType dtype : allowed) {
    if (dtype == tensor.dtype) return {};
    names += (names.empty() ? "" : ", ") + std::string(dtype_name(dtype));
  }
  return error(ErrorCode::kUnsupported,
               fmt::format("{} has a type that is not supported here; expected {}", describe(tensor), names));
}

Result<void> Context::expect_same_dtype(const Tensor& a, const Tensor& b) const {
  if (a.dtype == b.dtype) return {};
  return error(ErrorCode::kMalformed, fmt::format("{} and {} must have the same type", describe(a), describe(b)));
}

Result<void> Context::expect_rank(const Tensor& tensor, int min_rank, int max_rank) const {
  if (tensor.rank() >= min_rank && tensor.rank() <= max_rank) return {};
  const std::string wanted = min_rank == max_rank ? fmt::format("{}", min_rank) : fmt::format("{} to {}", min_rank, max_rank);
  return error(ErrorCode::kUnsupported,
               fmt::format("{} has {} dimensions, expected {}", describe(tensor), tensor.rank(), wanted));
}

Result<void> Context::expect_quantized(const Tensor& tensor, int channels) const {
  const graph::Quantization& q = *tensor.quantization;
  if (q.scales.empty())
    return error(
        ErrorCode::kQuantizationMissing,
        fmt::format("{} has no scale and zero point; the operator needs them: convert the model again", describe(tensor)));
  const bool per_channel = channels > 0 && q.scales.size() == static_cast<size_t>(channels);
  if (q.scales.size() != 1 && !per_channel)
    return error(ErrorCode::kQuantizationInvalid,
                 fmt::format("{} has {} scales, expected {}", describe(tensor), q.scales.size(),
                             channels > 1 ? fmt::format("1 or {}", channels) : std::string("1")));
  if (q.zero_points.size() != q.scales.size())
    return error(ErrorCode::kQuantizationInvalid,
                 fmt::format("{} has {} scales and {} zero points; there must be as many of both", describe(tensor),
                             q.scales.size(), q.zero_points.size()));
  const auto [low, high] = integer_range(tensor.dtype);
  for (size_t k = 0; k < q.scales.size(); ++k) {
    if (!(q.scales[k] > 0.0f) || !std::isfinite(q.scales[k]))
      return error(ErrorCode::kQuantizationInvalid,
                   fmt::format("scale {} of {} is {}, expected a positive finite number", k, describe(tensor), q.scales[k]));
    if (q.zero_points[k] < low || q.zero_points[k] > high)
      return error(ErrorCode::kQuantizationInvalid,
                   fmt::format("zero point {} of {} is {}, expected {} to {}", k, describe(tensor), q.zero_points[k], low, high));
  }
  return {};
}

Result<void> Context::expect_zero_point(const Tensor& tensor, int64_t zero_point) const {
  for (size_t k = 0; k < tensor.quantization->zero_points.size(); ++k)
    if (tensor.quantization->zero_points[k] != zero_point)
      return error(ErrorCode::kQuantizationInvalid,
                   fmt::format("zero point {} of {} is {}, the operator requires {}", k, describe(tensor),
                               tensor.quantization->zero_points[k], zero_point));
  return {};
}

}  // namespace whyzero::ops
