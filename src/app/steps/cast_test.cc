// The cast step: what NumPy's astype gives, wrapping made the same on every machine.
#include <cmath>

#include "app/test_support.h"

namespace whyzero::app {
namespace {

TEST(CastStep, WrapsRealNumbers) {
  const Value x = floats_value({6}, {-1.9f, 300, 127.9f, NAN, 1e30f, -0.5f});
  const auto bytes = run_text(x, R"([{"cast": "uint8"}])");
  ASSERT_TRUE(bytes);
  EXPECT_EQ(numbers_in<uint8_t>(*bytes), (std::vector<uint8_t>{255, 44, 127, 0, 0, 0}));
  const auto small = run_text(floats_value({2}, {128, -129}), R"([{"cast": "int8"}])");
  ASSERT_TRUE(small);
  EXPECT_EQ(numbers_in<int8_t>(*small), (std::vector<int8_t>{-128, 127}));
}

TEST(CastStep, ReadsBytesAsSigned) {
  const auto value = run_text(bytes_value({4}, {0, 127, 128, 255}), R"([{"cast": "int8"}])");
  ASSERT_TRUE(value);
  EXPECT_EQ(numbers_in<int8_t>(*value), (std::vector<int8_t>{0, 127, -128, -1}));
}

TEST(CastStep, RoundsToHalf) {
  const std::vector<double> numbers = {1.0 / 3, 65504, 65519.99, 65520, 1e-8, 0x1p-24, 3 * 0x1p-25, 6.1e-5, -2.5, 0.1};
  const auto value = run_text(value_of<double>(DType::kFloat64, {10}, numbers), R"([{"cast": "float16"}])");
  ASSERT_TRUE(value);
  EXPECT_EQ(numbers_in<uint16_t>(*value), (std::vector<uint16_t>{13653, 31743, 31743, 31744, 0, 1, 2, 1023, 49408, 11878}));
  const auto back = run_text(*value, R"([{"cast": "float32"}])");
  ASSERT_TRUE(back);
  EXPECT_EQ(back->as<float>()[8], -2.5f);
  EXPECT_EQ(back->as<float>()[5], 0x1p-24f);
  EXPECT_TRUE(std::isinf(back->as<float>()[3]));
}

TEST(CastStep, KnowsDtypes) {
  EXPECT_TRUE(refused("cast", R"("float")"));
  EXPECT_TRUE(refused("cast", R"("string")"));
  EXPECT_FALSE(refused("cast", R"("bool")"));
}

}  // namespace
}  // namespace whyzero::app
