// The rotate step: clockwise.
#include "app/test_support.h"

namespace whyzero::app {
namespace {

TEST(RotateStep, TurnsClockwise) {
  const Value picture = bytes_value({2, 3, 1}, {1, 2, 3, 4, 5, 6});
  const std::pair<const char*, std::vector<uint8_t>> all[] = {
      {"90", {4, 1, 5, 2, 6, 3}}, {"180", {6, 5, 4, 3, 2, 1}}, {"270", {3, 6, 2, 5, 1, 4}}};
  for (const auto& [degrees, pixels] : all) {
    const auto value = run_text(picture, std::string(R"([{"rotate": )") + degrees + "}]");
    ASSERT_TRUE(value);
    EXPECT_EQ(numbers_in<uint8_t>(*value), pixels) << degrees;
    EXPECT_EQ(value->shape[0], std::string(degrees) == "180" ? 2 : 3);
  }
}

TEST(RotateStep, TurnsFloatsToo) {
  const auto value = run_text(floats_value({1, 2, 1}, {1.5f, 2.5f}), R"([{"rotate": 90}])");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->shape, (std::vector<int32_t>{2, 1, 1}));
  EXPECT_EQ(numbers_in<float>(*value), (std::vector<float>{1.5f, 2.5f}));
}

TEST(RotateStep, RefusesOtherAngles) {
  EXPECT_TRUE(refused("rotate", "45"));
  EXPECT_TRUE(refused("rotate", "-90"));
  EXPECT_TRUE(refused("rotate", "true"));
}

}  // namespace
}  // namespace whyzero::app
