// The normalize step against NumPy's float32, bit for bit.
#include "app/test_support.h"

namespace whyzero::app {
namespace {

TEST(NormalizeStep, MultipliesInFloat32) {
  const auto value =
      run_text(bytes_value({3}, {0, 51, 255}), R"([{"normalize": {"scale": 0.00392156862745098, "offset": -0.5}}])");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->dtype, DType::kFloat32);
  EXPECT_EQ(numbers_in<uint32_t>(*value), (std::vector<uint32_t>{3204448256u, 3197737369u, 1056964608u}));
}

TEST(NormalizeStep, TakesOneNumberAChannel) {
  const auto value = run_text(bytes_value({1, 3}, {10, 20, 30}),
                              R"([{"normalize": {"mean": [123.675, 116.28, 103.53], "std": [58.395, 57.12, 57.375]}}])");
  ASSERT_TRUE(value);
  EXPECT_EQ(numbers_in<uint32_t>(*value), (std::vector<uint32_t>{3220777994u, 3218587878u, 3215198833u}));
}

TEST(NormalizeStep, ReachesEveryElement) {
  const size_t count = 3 * 101 * 7;  // no multiple of the loop's run
  std::vector<float> numbers(count);
  for (size_t i = 0; i < count; ++i) numbers[i] = static_cast<float>(i);
  const auto value =
      run_text(floats_value({101, 7, 3}, numbers), R"([{"normalize": {"scale": [1, 2, 3], "offset": [0, 10, 20]}}])");
  ASSERT_TRUE(value);
  for (size_t i = 0; i < count; ++i)
    ASSERT_EQ(value->as<float>()[i], static_cast<float>(i) * static_cast<float>(i % 3 + 1) + static_cast<float>(10 * (i % 3)))
        << i;
}

TEST(NormalizeStep, SpreadsALastAxisOfOne) {
  const auto value = run_text(bytes_value({1, 2, 1}, {1, 2}), R"([{"normalize": {"scale": [1, 10, 100]}}])");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->shape, (std::vector<int32_t>{1, 2, 3}));
  EXPECT_EQ(numbers_in<float>(*value), (std::vector<float>{1, 10, 100, 2, 20, 200}));
}

TEST(NormalizeStep, RefusesListsThatDoNotFit) {
  const auto value = run_text(counting_picture(2, 2), R"([{"normalize": {"mean": [1, 2], "std": 1}}])");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code, ErrorCode::kShapeMismatch);
  EXPECT_TRUE(refused("normalize", R"({"mean": [1, 2], "std": [1, 2, 3]})"));
  EXPECT_TRUE(refused("normalize", R"({"mean": 1, "scale": 2})"));
  EXPECT_TRUE(refused("normalize", R"({"scale": []})"));
  EXPECT_TRUE(refused("normalize", R"({"scale": "1/255"})"));
}

}  // namespace
}  // namespace whyzero::app
