// Element types: sizes and names as NumPy and the file format have them.
#include "whyzero/dtype.h"

#include <gtest/gtest.h>

namespace whyzero {
namespace {

TEST(DType, SizesAndNames) {
  struct Row {
    DType dtype;
    const char* name;
    size_t bytes, bits;
    bool floating, integer;
  };
  const Row rows[] = {
      {DType::kFloat32, "float32", 4, 32, true, false}, {DType::kFloat16, "float16", 2, 16, true, false},
      {DType::kFloat64, "float64", 8, 64, true, false}, {DType::kBFloat16, "bfloat16", 2, 16, true, false},
      {DType::kInt8, "int8", 1, 8, false, true},        {DType::kUInt8, "uint8", 1, 8, false, true},
      {DType::kInt16, "int16", 2, 16, false, true},     {DType::kInt32, "int32", 4, 32, false, true},
      {DType::kInt64, "int64", 8, 64, false, true},     {DType::kUInt32, "uint32", 4, 32, false, true},
      {DType::kInt4, "int4", 0, 4, false, true},        {DType::kInt2, "int2", 0, 2, false, true},
      {DType::kBool, "bool", 1, 8, false, false},       {DType::kString, "string", 0, 0, false, false},
      {DType::kComplex64, "complex64", 8, 64, false, false}, {DType::kResource, "resource", 0, 0, false, false}};
  for (const Row& row : rows) {
    EXPECT_EQ(dtype_name(row.dtype), row.name);
    EXPECT_EQ(dtype_size(row.dtype), row.bytes) << row.name;
    EXPECT_EQ(dtype_bits(row.dtype), row.bits) << row.name;
    EXPECT_EQ(dtype_is_float(row.dtype), row.floating) << row.name;
    EXPECT_EQ(dtype_is_integer(row.dtype), row.integer) << row.name;
  }
}

TEST(DType, NamesLeadBack) {
  for (int8_t value = 0; value <= static_cast<int8_t>(DType::kFloat8E5M2); ++value) {
    const auto dtype = static_cast<DType>(value);
    EXPECT_EQ(dtype_from_name(dtype_name(dtype)), dtype) << dtype_name(dtype);
  }
  EXPECT_EQ(dtype_from_name("float128"), std::nullopt);
}

TEST(DType, NumbersOfNewerFilesAreHarmless) {
  for (int value : {-1, 23, 127}) {
    EXPECT_EQ(dtype_name(static_cast<DType>(value)), "unknown");
    EXPECT_EQ(dtype_size(static_cast<DType>(value)), 0u);
  }
}

}  // namespace
}  // namespace whyzero
