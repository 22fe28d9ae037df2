// The stride_bug step.
#include "app/test_support.h"

namespace whyzero::app {
namespace {

TEST(StrideBugStep, ReadsPaddingAsPixels) {
  const Value picture = bytes_value({3, 2, 1}, {1, 2, 3, 4, 5, 6});
  const auto value = run_text(picture, R"([{"stride_bug": {"row_bytes": 3}}])");
  ASSERT_TRUE(value);
  EXPECT_EQ(numbers_in<uint8_t>(*value), (std::vector<uint8_t>{1, 2, 0, 3, 4, 0}));
  const auto same = run_text(picture, R"([{"stride_bug": {"row_bytes": 2}}])");
  ASSERT_TRUE(same);
  EXPECT_EQ(same->bytes, picture.bytes);
  EXPECT_FALSE(run_text(picture, R"([{"stride_bug": {"row_bytes": 1}}])"));
  const auto wide = run_text(picture, R"([{"stride_bug": {"row_bytes": 60000000}}])");
  ASSERT_TRUE(wide);
  EXPECT_EQ(numbers_in<uint8_t>(*wide), (std::vector<uint8_t>{1, 2, 0, 0, 0, 0}));
}

}  // namespace
}  // namespace whyzero::app
