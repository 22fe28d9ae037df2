// The layout step.
#include "app/test_support.h"

namespace whyzero::app {
namespace {

TEST(LayoutStep, PutsChannelsFirst) {
  const auto value = run_text(counting_picture(2, 2), R"([{"layout": "nchw"}])");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->shape, (std::vector<int32_t>{3, 2, 2}));
  EXPECT_EQ(numbers_in<uint8_t>(*value), (std::vector<uint8_t>{0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11}));
  const auto real = run_text(floats_value({2, 2}, {1, 2, 3, 4}), R"([{"layout": "nchw"}])");
  ASSERT_TRUE(real);
  EXPECT_EQ(numbers_in<float>(*real), (std::vector<float>{1, 3, 2, 4}));
  EXPECT_TRUE(refused("layout", R"("nhwc")"));
}

}  // namespace
}  // namespace whyzero::app
