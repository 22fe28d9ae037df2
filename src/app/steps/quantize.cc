// quantize: real numbers to the input tensor's integers, rightly or as a careless cast does it.
#include <algorithm>
#include <cmath>
#include <limits>

#include "app/check.h"
#include "app/step.h"

namespace whyzero::app {
namespace {

constexpr std::string_view kWords[] = {"affine", "truncate"};

Result<void> check(const nlohmann::json& value) { return check_word(value, "quantize", kWords); }

/// round half away from zero, then the zero point, then the limits of a type of at most 16 bits.
template <class T>
void quantize_small(const float* from, T* to, size_t count, float scale, int32_t zero_point) {
  constexpr double kBeyond = 1e9;  // past every limit, well inside int32
  constexpr int64_t kLow = std::numeric_limits<T>::min(), kHigh = std::numeric_limits<T>::max();
  for (size_t i = 0; i < count; ++i) {
    const double q = static_cast<double>(from[i] / scale);
    const double size = std::fabs(q) < kBeyond ? std::fabs(q) : q == q ? kBeyond : 0.0;
    const auto rounded = static_cast<int32_t>(size + 0.5);
    to[i] = static_cast<T>(std::clamp<int64_t>(int64_t{q < 0 ? -rounded : rounded} + zero_point, kLow, kHigh));
  }
}

template <class T>
void quantize_wide(const float* from, T* to, size_t count, float scale, int32_t zero_point) {
  for (size_t i = 0; i < count; ++i) {
    const double q = static_cast<double>(from[i] / scale);
    const double whole = (q == q ? std::copysign(std::floor(std::fabs(q) + 0.5), q) : 0.0) + zero_point;
    constexpr auto kLow = static_cast<double>(std::numeric_limits<T>::min()),
                   kHigh = static_cast<double>(std::numeric_limits<T>::max());
    to[i] = whole <= kLow    ? std::numeric_limits<T>::min()
            : whole >= kHigh ? std::numeric_limits<T>::max()
                             : static_cast<T>(whole);
  }
}

template <class T>
void quantize_as(Value& value, const TensorInfo& tensor) {
  const size_t count = value.elements();
  std::vector<uint8_t> out(count * sizeof(T));
  T* to = reinterpret_cast<T*>(out.data());
  if constexpr (sizeof(T) <= 2)
    quantize_small(value.as<float>(), to, count, tensor.scale, tensor.zero_point);
  else
    quantize_wide(value.as<float>(), to, count, tensor.scale, tensor.zero_point);
  value.bytes = std::move(out);
  value.dtype = tensor.dtype;
}

Result<void> apply(Value& value, const StepCall& call) {
  const TensorInfo& tensor = call.tensor;
  const bool integer = dtype_is_integer(tensor.dtype) && dtype_is_number(tensor.dtype);
  make_float(value);
  if (!integer || tensor.scale == 0) {
    std::fill(value.bytes.begin(), value.bytes.end(), uint8_t{0});
    return integer ? cast_value(value, tensor.dtype) : Result<void>{};
  }
  if (text_of(call.value) == "truncate") {
    const auto zero_point = static_cast<float>(tensor.zero_point);
    float* data = value.as<float>();
    for (size_t i = 0; i < value.elements(); ++i) data[i] = data[i] / tensor.scale + zero_point;
    return cast_value(value, tensor.dtype);
  }
  switch (tensor.dtype) {
    case DType::kInt8:
      quantize_as<int8_t>(value, tensor);
      break;
    case DType::kUInt8:
      quantize_as<uint8_t>(value, tensor);
      break;
    case DType::kInt16:
      quantize_as<int16_t>(value, tensor);
      break;
    case DType::kUInt16:
      quantize_as<uint16_t>(value, tensor);
      break;
    case DType::kInt32:
      quantize_as<int32_t>(value, tensor);
      break;
    case DType::kUInt32:
      quantize_as<uint32_t>(value, tensor);
      break;
    case DType::kInt64:
      quantize_as<int64_t>(value, tensor);
      break;
    default:
      quantize_as<uint64_t>(value, tensor);
      break;
  }
  return {};
}

}  // namespace

extern constinit const Step unit_quantize{.name = "quantize", .check = check, .apply = apply};

}  // namespace whyzero::app
