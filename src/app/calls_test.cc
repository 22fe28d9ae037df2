// The log of calls: what a recorder writes is read, what nobody should write is refused with the line named.
#include "app/calls.h"

#include <gtest/gtest.h>

namespace whyzero::app {
namespace {

TEST(Calls, ReadsEachKind) {
  const auto calls = parse_calls(
      "{\"call\": \"allocate_tensors\", \"line\": \"app.py:7\"}\r\n\n"
      "{\"call\": \"set_tensor\", \"tensor\": 3, \"dtype\": \"uint8\", \"shape\": [1, 28, 28, 3], \"file\": \"0003.npy\", \"line\": \"app.py:31\", "
      "\"thread\": 2, \"colour\": {\"a\": [1]}}\n"
      "{\"call\": \"invoke\", \"exception\": \"RuntimeError: no\", \"caught\": true}");
  ASSERT_TRUE(calls) << calls.error().text();
  ASSERT_EQ(calls->size(), 3u);
  const Call& set = (*calls)[1];
  EXPECT_EQ(set.tensor, 3);
  EXPECT_EQ(set.shape, (std::vector<int64_t>{1, 28, 28, 3}));
  EXPECT_EQ(set.file, "0003.npy");
  EXPECT_EQ(set.line, "app.py:31");
  EXPECT_EQ(set.thread, 2);
  EXPECT_FALSE(set.failed());
  EXPECT_TRUE((*calls)[2].failed());
  EXPECT_TRUE((*calls)[2].caught);
}

TEST(Calls, AnExceptionOfTheSameLineBelongsToTheCall) {
  const auto calls = parse_calls(
      "{\"call\": \"set_tensor\", \"tensor\": 0, \"line\": \"a.py:3\"}\n{\"call\": \"exception\", \"message\": \"ValueError: no\", \"line\": \"a.py:3\"}\n"
      "{\"call\": \"invoke\", \"line\": \"a.py:4\"}\n{\"call\": \"exception\", \"message\": \"RuntimeError: Input tensor 0 lacks data\", \"line\": \"a.py:6\"}\n"
      "{\"call\": \"invoke\", \"line\": \"a.py:4\"}\n{\"call\": \"exception\", \"message\": \"IndexError\", \"line\": \"a.py:9\"}\n");
  ASSERT_TRUE(calls) << calls.error().text();
  ASSERT_EQ(calls->size(), 4u);
  EXPECT_EQ((*calls)[0].exception, "ValueError: no");
  EXPECT_TRUE((*calls)[1].failed()) << "the runtime's own words";
  EXPECT_FALSE((*calls)[2].failed());
  EXPECT_EQ((*calls)[3].call, "exception");
}

TEST(Calls, RefusesAndNamesTheLine) {
  const std::string good = "{\"call\": \"invoke\"}\n";
  for (const std::string bad : {"[1]", "{\"call\": 3}", "{}", "{\"call\": \"set_tensor\", \"shape\": 3}", "{\"call\": \"set_tensor\", \"shape\": [\"a\"]}",
                                "{\"call\": \"set_tensor\", \"tensor\": 99999999999}", "{\"call\": ", "nonsense"}) {
    const auto calls = parse_calls(good + bad + "\n");
    ASSERT_FALSE(calls) << bad;
    EXPECT_NE(calls.error().text().find("line 2"), std::string::npos) << calls.error().text();
  }
}

TEST(Calls, HostileLogsAreBounded) {
  EXPECT_FALSE(parse_calls("{\"call\": \"" + std::string(kMaxCallLine, 'x') + "\"}"));
  // 15,000 lists in each other fit in a line; only the first few are kept.
  const auto deep = parse_calls("{\"call\": \"x\", \"y\": " + std::string(15000, '[') + std::string(15000, ']') + "}");
  ASSERT_TRUE(deep) << deep.error().text();
  EXPECT_EQ(deep->size(), 1u);
}

}  // namespace
}  // namespace whyzero::app
