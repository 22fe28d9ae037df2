// The flip step.
#include "app/test_support.h"

namespace whyzero::app {
namespace {

TEST(FlipStep, Mirrors) {
  const Value picture = bytes_value({2, 2, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  const auto horizontal = run_text(picture, R"([{"flip": "horizontal"}])");
  ASSERT_TRUE(horizontal);
  EXPECT_EQ(numbers_in<uint8_t>(*horizontal), (std::vector<uint8_t>{4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9}));
  const auto vertical = run_text(picture, R"([{"flip": "vertical"}])");
  ASSERT_TRUE(vertical);
  EXPECT_EQ(numbers_in<uint8_t>(*vertical), (std::vector<uint8_t>{7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6}));
  EXPECT_TRUE(refused("flip", R"("sideways")"));
}

}  // namespace
}  // namespace whyzero::app
