// The constant step.
#include "app/test_support.h"

namespace whyzero::app {
namespace {

TEST(ConstantStep, KeepsShapeAndDtype) {
  const auto bytes = run_text(counting_picture(1, 1), R"([{"constant": 3}])");
  ASSERT_TRUE(bytes);
  EXPECT_EQ(numbers_in<uint8_t>(*bytes), (std::vector<uint8_t>{3, 3, 3}));
  const auto real = run_text(floats_value({2}, {1, 2}), R"([{"constant": -0.5}])");
  ASSERT_TRUE(real);
  EXPECT_EQ(numbers_in<float>(*real), (std::vector<float>{-0.5f, -0.5f}));
  EXPECT_TRUE(refused("constant", R"("zero")"));
}

}  // namespace
}  // namespace whyzero::app
