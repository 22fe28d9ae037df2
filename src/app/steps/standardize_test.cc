// The standardize step.
#include "app/test_support.h"

namespace whyzero::app {
namespace {

TEST(StandardizeStep, WorksByFeature) {
  const auto value = run_text(floats_value({2}, {1, 3}), R"([{"standardize": {"mean": [0, 1], "std": [1, 4]}}])");
  ASSERT_TRUE(value);
  EXPECT_EQ(numbers_in<float>(*value), (std::vector<float>{1, 0.5f}));
  EXPECT_TRUE(refused("standardize", R"({"mean": [0, 1]})"));
}

TEST(StandardizeStep, TurnsCellsIntoNumbers) {
  Value row;
  row.columns = {"a", "b"};
  row.cells = {" 1.5 ", "-2e1"};
  const auto value = run_text(row, R"([{"standardize": {"mean": 0, "std": 1}}])");
  ASSERT_TRUE(value);
  EXPECT_EQ(numbers_in<float>(*value), (std::vector<float>{1.5f, -20}));
  row.cells[1] = "blue";
  const auto text = run_text(row, R"([{"standardize": {"mean": 0, "std": 1}}])");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::kDtypeMismatch);
  EXPECT_NE(text.error().text().find("column \"b\""), std::string::npos);
}

}  // namespace
}  // namespace whyzero::app
