// The element types of TensorFlow Lite tensors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace whyzero {

/// Values are those of the file format's TensorType.
enum class DType : int8_t {
  kFloat32 = 0, kFloat16 = 1, kInt32 = 2, kUInt8 = 3, kInt64 = 4, kString = 5, kBool = 6, kInt16 = 7, kComplex64 = 8,
  kInt8 = 9, kFloat64 = 10, kComplex128 = 11, kUInt64 = 12, kResource = 13, kVariant = 14, kUInt32 = 15, kUInt16 = 16,
  kInt4 = 17, kBFloat16 = 18, kInt2 = 19, kUInt4 = 20, kFloat8E4M3 = 21, kFloat8E5M2 = 22,
};

/// Bytes of one element in memory; 0 for strings, resources, variants and the packed types int4, uint4, int2.
size_t dtype_size(DType dtype);
/// Bits of one element as a file stores it: 4 for int4; 0 for strings, resources and variants.
size_t dtype_bits(DType dtype);
/// NumPy's word for it: "float32", "int8", …
std::string_view dtype_name(DType dtype);
std::optional<DType> dtype_from_name(std::string_view name);
bool dtype_is_float(DType dtype);
/// Signed and unsigned integers, packed ones included; not bool.
bool dtype_is_integer(DType dtype);

}  // namespace whyzero
