// The onehot step.
#include "app/test_support.h"

namespace whyzero::app {
namespace {

Value row() {
  Value value;
  value.columns = {"a", "colour", "b"};
  value.cells = {"2.5", "blue", "7"};
  return value;
}

TEST(OnehotStep, PutsColumnsWhereTheFeatureStood) {
  auto value = run_text(row(), R"([{"onehot": {"feature": "colour", "categories": ["red", "blue"]}}])");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->columns, (std::vector<std::string>{"a", "colour=red", "colour=blue", "b"}));
  ASSERT_TRUE(finish_value(*value, tensor_of(DType::kFloat32, {1, 4})));
  EXPECT_EQ(numbers_in<float>(*value), (std::vector<float>{2.5f, 0, 1, 7}));
}

TEST(OnehotStep, NamesTheColumnsThatThereAre) {
  const auto value = run_text(row(), R"([{"onehot": {"feature": "color", "categories": ["red"]}}])");
  ASSERT_FALSE(value);
  EXPECT_NE(value.error().text().find("did you mean \"colour\""), std::string::npos);
  EXPECT_FALSE(run_text(floats_value({1}, {1}), R"([{"onehot": {"feature": "a", "categories": ["1"]}}])"));
  EXPECT_TRUE(refused("onehot", R"({"feature": "a", "categories": [1]})"));
}

}  // namespace
}  // namespace whyzero::app
