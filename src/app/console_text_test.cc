#include "app/console_text.h"

#include <gtest/gtest.h>

namespace whyzero::app {
namespace {

using namespace std::string_literals;

TEST(ConsoleText, TakesAwayWhatConsolesAndShellsAdd) {
  EXPECT_EQ(console_text("\xEF\xBB\xBF" "7f"), "7f");
  EXPECT_EQ(console_text("\x1b[0;32mI (12) cam: 7f 80\x1b[0m\n"), "I (12) cam: 7f 80\n");
  EXPECT_EQ(console_text("\xFF\xFE" "7\0f\0\n\0\x3b\x04"s), "7f\n?");
  EXPECT_EQ(console_text("\xFE\xFF" "\0" "7\0f"s), "7f");
  EXPECT_EQ(console_text("7f\x1b["), "7f");
  EXPECT_EQ(console_text("7f\x1b"), "7f");
}

}  // namespace
}  // namespace whyzero::app
