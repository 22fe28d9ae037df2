// The reinterpret step.
#include "app/test_support.h"

namespace whyzero::app {
namespace {

TEST(ReinterpretStep, FillsTheTensorsMemory) {
  const auto value =
      run_text(bytes_value({6}, {0, 1, 2, 3, 4, 5}), R"([{"reinterpret": "float32"}])", tensor_of(DType::kFloat32, {1, 2}));
  ASSERT_TRUE(value);
  EXPECT_EQ(value->shape, (std::vector<int32_t>{1, 2}));
  EXPECT_EQ(value->bytes, (std::vector<uint8_t>{0, 1, 2, 3, 4, 5, 0, 0}));
}

TEST(ReinterpretStep, DropsTheSurplus) {
  const auto value = run_text(floats_value({3}, {1, 2, 3}), R"([{"reinterpret": "uint8"}])", tensor_of(DType::kUInt8, {1, 4}));
  ASSERT_TRUE(value);
  EXPECT_EQ(value->bytes, (std::vector<uint8_t>{0, 0, 0x80, 0x3f}));
}

}  // namespace
}  // namespace whyzero::app
