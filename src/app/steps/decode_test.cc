// The decode step only names a library.
#include "app/test_support.h"

namespace whyzero::app {
namespace {

TEST(DecodeStep, LeavesTheValueAlone) {
  const auto value = run_text(counting_picture(1, 1), R"([{"decode": {"like": "opencv"}}])");
  ASSERT_TRUE(value);
  EXPECT_EQ(numbers_in<uint8_t>(*value), (std::vector<uint8_t>{0, 1, 2}));
}

TEST(DecodeStep, KnowsItsLibraries) {
  EXPECT_FALSE(refused("decode", R"({"like": "tensorflow"})"));
  EXPECT_TRUE(refused("decode", R"({"like": "gimp"})"));
  EXPECT_TRUE(refused("decode", R"({})"));
  EXPECT_TRUE(refused("decode", R"("pillow")"));
}

}  // namespace
}  // namespace whyzero::app
