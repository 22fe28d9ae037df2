// The letterbox step: where the picture lies in its frame.
#include "app/test_support.h"

namespace whyzero::app {
namespace {

std::vector<bool> filled_rows(const Value& value, uint8_t fill) {
  std::vector<bool> rows;
  for (int32_t y = 0; y < value.shape[0]; ++y) rows.push_back(value.bytes[static_cast<size_t>(y * value.shape[1] * 3)] == fill);
  return rows;
}

TEST(LetterboxStep, PutsTheOddRowBelow) {
  const Value flat = bytes_value({10, 20, 3}, std::vector<uint8_t>(600, 7));
  const auto nine = run_text(flat, R"([{"letterbox": {"width": 9, "height": 9, "fill": 114, "method": "nearest"}}])");
  ASSERT_TRUE(nine);  // 20 x 10 becomes 9 x 5 (4.5, halves up): two rows above, two below
  EXPECT_EQ(nine->shape, (std::vector<int32_t>{9, 9, 3}));
  EXPECT_EQ(filled_rows(*nine, 114), (std::vector<bool>{true, true, false, false, false, false, false, true, true}));
  const auto ten = run_text(flat, R"([{"letterbox": {"width": 10, "height": 8, "fill": 1, "method": "nearest"}}])");
  ASSERT_TRUE(ten);
  EXPECT_EQ(filled_rows(*ten, 1), (std::vector<bool>{true, false, false, false, false, false, true, true}));
}

TEST(LetterboxStep, RefusesAFillThatBytesCannotHold) {
  const auto value = run_text(counting_picture(4, 6), R"([{"letterbox": {"width": 9, "height": 9, "fill": 300}}])");
  ASSERT_FALSE(value);
  EXPECT_NE(value.error().text().find("300"), std::string::npos);
  EXPECT_TRUE(refused("letterbox", R"({"width": 9})"));
  EXPECT_TRUE(refused("letterbox", R"({"width": 9, "height": 9, "colour": 1})"));
}

}  // namespace
}  // namespace whyzero::app
