#include "whyzero/dtype.h"

#include <array>

namespace whyzero {
namespace {

struct Row {
  DType dtype;
  std::string_view name;
  size_t bits;
  enum Kind { kFloat, kInteger, kOther } kind;
};

constexpr std::array kRows = {
    Row{DType::kFloat32, "float32", 32, Row::kFloat},      Row{DType::kFloat16, "float16", 16, Row::kFloat},
    Row{DType::kInt32, "int32", 32, Row::kInteger},        Row{DType::kUInt8, "uint8", 8, Row::kInteger},
    Row{DType::kInt64, "int64", 64, Row::kInteger},        Row{DType::kString, "string", 0, Row::kOther},
    Row{DType::kBool, "bool", 8, Row::kOther},             Row{DType::kInt16, "int16", 16, Row::kInteger},
    Row{DType::kComplex64, "complex64", 64, Row::kOther},  Row{DType::kInt8, "int8", 8, Row::kInteger},
    Row{DType::kFloat64, "float64", 64, Row::kFloat},      Row{DType::kComplex128, "complex128", 128, Row::kOther},
    Row{DType::kUInt64, "uint64", 64, Row::kInteger},      Row{DType::kResource, "resource", 0, Row::kOther},
    Row{DType::kVariant, "variant", 0, Row::kOther},       Row{DType::kUInt32, "uint32", 32, Row::kInteger},
    Row{DType::kUInt16, "uint16", 16, Row::kInteger},      Row{DType::kInt4, "int4", 4, Row::kInteger},
    Row{DType::kBFloat16, "bfloat16", 16, Row::kFloat},    Row{DType::kInt2, "int2", 2, Row::kInteger},
    Row{DType::kUInt4, "uint4", 4, Row::kInteger},         Row{DType::kFloat8E4M3, "float8_e4m3fn", 8, Row::kFloat},
    Row{DType::kFloat8E5M2, "float8_e5m2", 8, Row::kFloat},
};

const Row* find(DType dtype) {
  const auto index = static_cast<size_t>(dtype);
  return index < kRows.size() ? &kRows[index] : nullptr;
}

}  // namespace

size_t dtype_bits(DType dtype) {
  const Row* row = find(dtype);
  return row ? row->bits : 0;
}

size_t dtype_size(DType dtype) { return dtype_bits(dtype) / 8; }

std::string_view dtype_name(DType dtype) {
  const Row* row = find(dtype);
  return row ? row->name : "unknown";
}

std::optional<DType> dtype_from_name(std::string_view name) {
  for (const Row& row : kRows)
    if (row.name == name) return row.dtype;
  return std::nullopt;
}

bool dtype_is_float(DType dtype) {
  const Row* row = find(dtype);
  return row && row->kind == Row::kFloat;
}

bool dtype_is_integer(DType dtype) {
  const Row* row = find(dtype);
  return row && row->kind == Row::kInteger;
}

}  // namespace whyzero
