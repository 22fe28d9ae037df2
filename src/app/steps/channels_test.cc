// The channels step: orders, Pillow's gray, alpha.
#include "app/test_support.h"

namespace whyzero::app {
namespace {

std::vector<uint8_t> channels(const std::string& steps) {
  const auto value = run_text(bytes_value({1, 2, 3}, {10, 20, 30, 200, 100, 50}), steps);
  return value ? numbers_in<uint8_t>(*value) : std::vector<uint8_t>();
}

TEST(ChannelsStep, OrdersBytes) {
  using Bytes = std::vector<uint8_t>;
  EXPECT_EQ(channels(R"([{"channels": "bgr"}])"), (Bytes{30, 20, 10, 50, 100, 200}));
  EXPECT_EQ(channels(R"([{"channels": "bgr"}, {"channels": "rgb"}])"), (Bytes{10, 20, 30, 200, 100, 50}));
  EXPECT_EQ(channels(R"([{"channels": "bgr"}, {"channels": "bgr"}])"), (Bytes{30, 20, 10, 50, 100, 200}));
  EXPECT_EQ(channels(R"([{"channels": "argb"}])"), (Bytes{255, 10, 20, 30, 255, 200, 100, 50}));
  EXPECT_EQ(channels(R"([{"channels": "bgra"}])"), (Bytes{30, 20, 10, 255, 50, 100, 200, 255}));
  EXPECT_EQ(channels(R"([{"channels": "rgba"}, {"channels": "bgr"}])"), (Bytes{30, 20, 10, 50, 100, 200}));
}

TEST(ChannelsStep, MakesPillowsGray) {
  using Bytes = std::vector<uint8_t>;
  EXPECT_EQ(channels(R"([{"channels": "gray"}])"), (Bytes{18, 124}));
  EXPECT_EQ(channels(R"([{"channels": "bgr"}, {"channels": "gray3"}])"), (Bytes{18, 18, 18, 124, 124, 124}));
  EXPECT_EQ(channels(R"([{"channels": "gray"}, {"channels": "rgb"}])"), (Bytes{18, 18, 18, 124, 124, 124}));
  EXPECT_EQ(channels(R"([{"channels": "gray3"}, {"channels": "gray"}])"), (Bytes{18, 124}));
  const auto real = run_text(floats_value({1, 2, 3}, {10, 20, 30, 200, 100, 50}), R"([{"channels": "gray"}])");
  ASSERT_TRUE(real);
  EXPECT_EQ(real->shape, (std::vector<int32_t>{1, 2, 1}));
  EXPECT_FLOAT_EQ(real->as<float>()[0], 18.1500244140625f);
  EXPECT_FLOAT_EQ(real->as<float>()[1], 124.19967651367188f);
}

TEST(ChannelsStep, KeepsOtherDtypes) {
  const auto value = run_text(value_of<int8_t>(DType::kInt8, {1, 1, 3}, {-1, 2, 3}), R"([{"channels": "bgr"}])");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->dtype, DType::kInt8);
  EXPECT_EQ(numbers_in<int8_t>(*value), (std::vector<int8_t>{3, 2, -1}));
  const auto wide = run_text(value_of<int16_t>(DType::kInt16, {1, 1, 3}, {-1, 2, 300}), R"([{"channels": "bgra"}])");
  ASSERT_TRUE(wide);
  EXPECT_EQ(numbers_in<int16_t>(*wide), (std::vector<int16_t>{300, 2, -1, 255}));
}

TEST(ChannelsStep, NeedsTheChannelsOfItsOrder) {
  const auto value = run_text(bytes_value({2, 2}, {1, 2, 3, 4}), R"([{"channels": "bgr"}])");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code, ErrorCode::kShapeMismatch);
  EXPECT_TRUE(refused("channels", R"("grb")"));
}

}  // namespace
}  // namespace whyzero::app
