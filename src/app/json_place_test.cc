#include "app/json_place.h"

#include <gtest/gtest.h>

namespace whyzero::app {
namespace {

TEST(JsonPlace, OfWhatCannotStandThere) {
  EXPECT_EQ(place_of_json_error("{\"a\": 1,}"), "line 1, column 9");
  EXPECT_EQ(place_of_json_error("{\n \"a\": 1\n \"b\": 2\n}"), "line 3, column 4");  // the text ends where a comma was due
  EXPECT_EQ(place_of_json_error("{\n \"a\": .5\n}"), "line 2, column 7");
  EXPECT_EQ(place_of_json_error("{\"a\": [1, 2"), "the end");
  EXPECT_EQ(place_of_json_error(""), "the end");
}

}  // namespace
}  // namespace whyzero::app
