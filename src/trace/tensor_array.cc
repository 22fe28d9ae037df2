// Between tensors as kernels see them and arrays as NumPy holds them.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "ops/common/memory.h"
#include "ops/common/strings.h"
#include "trace/run_model.h"

namespace whyzero::trace {
namespace {

bool is_packed(DType dtype) { return dtype == DType::kInt4 || dtype == DType::kUInt4 || dtype == DType::kInt2; }

/// The type in which NumPy holds a tensor of this type.
DType array_dtype(DType dtype) {
  switch (dtype) {
    case DType::kInt4:
    case DType::kInt2:
      return DType::kInt8;
    case DType::kUInt4:
    case DType::kFloat8E4M3:
    case DType::kFloat8E5M2:
      return DType::kUInt8;
    case DType::kBFloat16:
      return DType::kFloat32;
    default:
      return dtype;
  }
}

uint8_t unpack(const uint8_t* data, size_t index, unsigned bits, bool is_signed) {
  const unsigned per_byte = 8 / bits;
  const unsigned value = (data[index / per_byte] >> (bits * (index % per_byte))) & ((1u << bits) - 1);
  const unsigned sign = 1u << (bits - 1);
  return static_cast<uint8_t>(is_signed ? (value ^ sign) - sign : value);
}

uint16_t bfloat16_from(float value) {
  const uint32_t word = std::bit_cast<uint32_t>(value);
  if (std::isnan(value)) return static_cast<uint16_t>(word >> 16 | 0x40);
  return static_cast<uint16_t>((word + 0x7fff + (word >> 16 & 1)) >> 16);
}

}  // namespace

Result<Array> array_from_tensor(const ops::Tensor& tensor) {
  Array array;
  array.dtype = array_dtype(tensor.dtype);
  array.shape.assign(tensor.shape.begin(), tensor.shape.end());
  if (tensor.dtype == DType::kString) {
    WHYZERO_ASSIGN(const auto strings, ops::read_strings(tensor));
    array.strings.assign(strings.begin(), strings.end());
    return array;
  }
  const auto size = checked_mul(tensor.elements(), dtype_size(array.dtype));
  const auto held = ops::tensor_bytes(tensor.dtype, tensor.shape);
  if (dtype_bits(tensor.dtype) == 0)
    return fail(ErrorCode::kUnsupported,
                fmt::format("tensor {} is a {}, which has no elements", tensor.label(), dtype_name(tensor.dtype)));
  if (!size || !held || !tensor.data || tensor.bytes < *held)
    return fail(ErrorCode::kMalformed, fmt::format("tensor {} holds {} bytes, its shape needs {}", tensor.label(), tensor.bytes,
                                                   held.value_or(SIZE_MAX)));
  if (!ops::try_resize(array.data, *size))
    return fail(ErrorCode::kOutOfMemory, fmt::format("no memory for a copy of tensor {}", tensor.label()));
  if (is_packed(tensor.dtype)) {
    const unsigned bits = static_cast<unsigned>(dtype_bits(tensor.dtype));
    for (size_t k = 0; k < array.data.size(); ++k) array.data[k] = unpack(tensor.data, k, bits, tensor.dtype != DType::kUInt4);
  } else if (tensor.dtype == DType::kBFloat16) {
    for (size_t k = 0; k < tensor.elements(); ++k) {
      std::memset(array.data.data() + 4 * k, 0, 2);
      std::memcpy(array.data.data() + 4 * k + 2, tensor.data + 2 * k, 2);
    }
  } else if (*size) {
    std::memcpy(array.data.data(), tensor.data, *size);
  }
  return array;
}

Result<std::vector<uint8_t>> tensor_bytes_from_array(const Array& array, DType dtype) {
  if (array.dtype != array_dtype(dtype))
    return fail(ErrorCode::kDtypeMismatch,
                fmt::format("{} given, {} expected; convert it with .astype('{}')", dtype_name(array.dtype), dtype_name(dtype),
                            dtype_name(array_dtype(dtype))));
  std::vector<uint8_t> bytes;
  if (dtype == DType::kString) {
    WHYZERO_TRY(ops::write_strings(array.strings, bytes));
    return bytes;
  }
  if (!is_packed(dtype) && dtype != DType::kBFloat16) return array.data;
  const size_t count = array.elements();
  const unsigned bits = static_cast<unsigned>(dtype_bits(dtype));
  bytes.assign((count * bits + 7) / 8, 0);
  for (size_t k = 0; k < count; ++k) {
    if (dtype == DType::kBFloat16) {
      float value;
      std::memcpy(&value, array.data.data() + 4 * k, 4);
      const uint16_t narrow = bfloat16_from(value);
      std::memcpy(bytes.data() + 2 * k, &narrow, 2);
      continue;
    }
    const bool is_signed = dtype != DType::kUInt4;
    const int value = is_signed ? static_cast<int8_t>(array.data[k]) : array.data[k];
    const int low = is_signed ? -(1 << (bits - 1)) : 0, high = is_signed ? (1 << (bits - 1)) - 1 : (1 << bits) - 1;
    if (value < low || value > high)
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("element {} is {}, which {} cannot hold", k, value, dtype_name(dtype)));
    const unsigned per_byte = 8 / bits;
    bytes[k / per_byte] |= static_cast<uint8_t>((static_cast<unsigned>(value) & ((1u << bits) - 1)) << (bits * (k % per_byte)));
  }
  return bytes;
}

}  // namespace whyzero::trace
