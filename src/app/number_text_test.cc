// Cells as Python's float() takes them.
#include "app/number_text.h"

#include <gtest/gtest.h>

#include <cmath>

namespace whyzero::app {
namespace {

TEST(NumberText, ReadsWhatFloatReads) {
  for (const auto& [text, number] : {std::pair("1", 1.0), {" 2.5 ", 2.5}, {"+3", 3.0}, {"-4e2", -400.0}, {"1e999", HUGE_VAL}, {"-1e999", -HUGE_VAL}, {"1e-999", 0.0}, {"inf", HUGE_VAL}, {"\t7\r", 7.0}}) {
    const auto read = number_from_text(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(*read, number) << text;
  }
  ASSERT_TRUE(number_from_text("nan"));
  EXPECT_TRUE(std::isnan(*number_from_text("NaN")));
}

TEST(NumberText, RefusesTheRest) {
  for (const char* text : {"", " ", "abc", "1,5", "1 2", "--1", "+-1", "1.2.3", "0x10", "1e", "yes"}) EXPECT_FALSE(number_from_text(text)) << text;
}

}  // namespace
}  // namespace whyzero::app
