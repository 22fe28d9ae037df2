// The quantize step against numbers worked out by hand: scale 0.5, zero point 10.
#include <cmath>

#include "app/test_support.h"

namespace whyzero::app {
namespace {

const TensorInfo kBytes = tensor_of(DType::kUInt8, {1, 6}, 0.5f, 10);

TEST(QuantizeStep, RoundsHalvesAwayAndClamps) {
  const Value x = floats_value({8}, {0, 0.25f, -0.25f, 0.74f, 1000, -1000, NAN, INFINITY});
  const auto value = run_text(x, R"([{"quantize": "affine"}])", kBytes);
  ASSERT_TRUE(value);
  EXPECT_EQ(value->dtype, DType::kUInt8);
  EXPECT_EQ(numbers_in<uint8_t>(*value), (std::vector<uint8_t>{10, 11, 9, 11, 255, 0, 10, 255}));
}

TEST(QuantizeStep, TruncatesAndWraps) {
  const Value x = floats_value({5}, {0, 0.25f, -0.25f, 0.74f, 200});
  const auto value = run_text(x, R"([{"quantize": "truncate"}])", kBytes);
  ASSERT_TRUE(value);
  EXPECT_EQ(numbers_in<uint8_t>(*value), (std::vector<uint8_t>{10, 10, 9, 11, (400 + 10) % 256}));
}

TEST(QuantizeStep, ServesOtherIntegers) {
  const auto small =
      run_text(floats_value({2}, {-1, 63.5f}), R"([{"quantize": "affine"}])", tensor_of(DType::kInt8, {2}, 0.5f, -3));
  ASSERT_TRUE(small);
  EXPECT_EQ(numbers_in<int8_t>(*small), (std::vector<int8_t>{-5, 124}));
  const auto wide =
      run_text(floats_value({2}, {-1, 1e12f}), R"([{"quantize": "affine"}])", tensor_of(DType::kInt32, {2}, 0.5f, 0));
  ASSERT_TRUE(wide);
  EXPECT_EQ(numbers_in<int32_t>(*wide), (std::vector<int32_t>{-2, 2147483647}));
}

TEST(QuantizeStep, WritesZerosWithoutParameters) {
  const auto integers = run_text(floats_value({2}, {5, 6}), R"([{"quantize": "truncate"}])", tensor_of(DType::kInt8, {2}));
  ASSERT_TRUE(integers);
  EXPECT_EQ(integers->dtype, DType::kInt8);
  EXPECT_EQ(numbers_in<int8_t>(*integers), (std::vector<int8_t>{0, 0}));
  const auto real = run_text(floats_value({2}, {5, 6}), R"([{"quantize": "affine"}])", tensor_of(DType::kFloat32, {2}));
  ASSERT_TRUE(real);
  EXPECT_EQ(numbers_in<float>(*real), (std::vector<float>{0, 0}));
  EXPECT_TRUE(refused("quantize", R"("round")"));
}

}  // namespace
}  // namespace whyzero::app
