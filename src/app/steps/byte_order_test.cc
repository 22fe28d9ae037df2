// The byte_order step.
#include "app/test_support.h"

namespace whyzero::app {
namespace {

TEST(ByteOrderStep, ReversesEachNumber) {
  const auto value = run_text(value_of<uint32_t>(DType::kFloat32, {2}, {0x01020304, 0xa0b0c0d0}), R"([{"byte_order": "big"}])");
  ASSERT_TRUE(value);
  EXPECT_EQ(numbers_in<uint32_t>(*value), (std::vector<uint32_t>{0x04030201, 0xd0c0b0a0}));
  const auto bytes = run_text(bytes_value({2}, {1, 2}), R"([{"byte_order": "big"}])");
  ASSERT_TRUE(bytes);
  EXPECT_EQ(numbers_in<uint8_t>(*bytes), (std::vector<uint8_t>{1, 2}));
  EXPECT_TRUE(refused("byte_order", R"("small")"));
}

}  // namespace
}  // namespace whyzero::app
