// Lines of an app file, counted by hand.
#include "app/pointer_lines.h"

#include <gtest/gtest.h>

namespace whyzero::app {
namespace {

using Lines = std::map<std::string, int>;

TEST(PointerLines, EveryValueHasItsLine) {
  EXPECT_EQ(pointer_lines("{\n  \"model\": \"a \\\" } b\",\n  \"input\": {\n    \"pipeline\": [\n      {\"channels\": \"bgr\"},\n      1.5,\n      null\n    ]\n  }\n}\n"),
            (Lines{{"", 1}, {"/model", 2}, {"/input", 3}, {"/input/pipeline", 4}, {"/input/pipeline/0", 5}, {"/input/pipeline/0/channels", 5},
                   {"/input/pipeline/1", 6}, {"/input/pipeline/2", 7}}));
}

TEST(PointerLines, KeysAreEscapedAndMayBeEmpty) {
  EXPECT_EQ(pointer_lines("{\"a/b~c\":\n[[],{}], \"\\u0041\": true}"),
            (Lines{{"", 1}, {"/a~1b~0c", 2}, {"/a~1b~0c/0", 2}, {"/a~1b~0c/1", 2}, {"/A", 2}}));
  EXPECT_EQ(pointer_lines("{\"\": {\"\":\n 3}}"), (Lines{{"", 1}, {"/", 1}, {"//", 2}}));
  EXPECT_EQ(pointer_lines("\xEF\xBB\xBF[\r\n7]"), (Lines{{"", 1}, {"/0", 2}}));
  EXPECT_EQ(pointer_lines("7"), (Lines{{"", 1}}));
}

TEST(PointerLines, NothingOfWhatIsNoJson) {
  for (const char* text : {"", "{", "{\"a\"}", "[1,]", "\"", "{]"}) EXPECT_TRUE(pointer_lines(text).empty()) << text;
}

}  // namespace
}  // namespace whyzero::app
