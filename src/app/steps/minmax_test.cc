// The minmax step.
#include "app/test_support.h"

namespace whyzero::app {
namespace {

TEST(MinmaxStep, MapsRanges) {
  const auto value = run_text(floats_value({2}, {1, 3}), R"([{"minmax": {"min": [0, 1], "max": [3, 5], "to": [-1, 1]}}])");
  ASSERT_TRUE(value);
  EXPECT_EQ(numbers_in<float>(*value), (std::vector<float>{-0.3333333134651184f, 0}));
  EXPECT_TRUE(refused("minmax", R"({"min": [0], "max": [1], "to": [0]})"));
  EXPECT_TRUE(refused("minmax", R"({"min": [0, 1], "max": [1, 2, 3]})"));
}

}  // namespace
}  // namespace whyzero::app
