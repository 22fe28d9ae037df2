// What is accepted is told and not counted; an entry of a baseline that fits nothing any more is stale.
#include "evidence/suppression.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "graph/test_support.h"
#include "support/folder.h"

namespace whyzero::evidence {
namespace {

Finding finding(std::string code, std::string pointer, Severity severity = Severity::kError) {
  Finding f;
  f.code = std::move(code);
  f.severity = severity;
  f.where = {.stage = "input.pipeline", .pointer = std::move(pointer)};
  f.message = "why";
  return f;
}

std::vector<std::string> reasons(const std::vector<Finding>& findings) {
  std::vector<std::string> all;
  for (const Finding& f : findings) all.push_back(f.suppressed_by);
  return all;
}

TEST(Selection, TheLongestPrefixDecides) {
  EXPECT_TRUE(is_selected({}, "P001"));
  EXPECT_FALSE(is_selected({{"L", "P00"}, {}}, "P010"));
  EXPECT_TRUE(is_selected({{"L", "P00"}, {}}, "P001"));
  EXPECT_FALSE(is_selected({{}, {"P0"}}, "P001"));
  EXPECT_TRUE(is_selected({{"P001"}, {"P"}}, "P001"));
  EXPECT_FALSE(is_selected({{"P"}, {"P001"}}, "P001"));
  EXPECT_FALSE(is_selected({{"P001"}, {"P001"}}, "P001"));
}

TEST(Place, TheUsersLineComesFirst) {
  Finding f = finding("M001", "/model");
  EXPECT_EQ(place_of(f), "/model");
  f.where.tensor = 3;
  EXPECT_EQ(place_of(f), "tensor 3");
  f.where.node = 0;
  EXPECT_EQ(place_of(f), "node 0");
  f.where.line = "app.py:3";
  EXPECT_EQ(place_of(f), "app.py:3");
  EXPECT_EQ(place_of(finding("F001", "")), "input.pipeline");
}

TEST(Baseline, WrittenReadAndAppliedSuppressesAllThatCounts) {
  std::vector<Finding> findings = {finding("P001", "/input/pipeline/1"), finding("L001", "/output"), finding("D001", "", Severity::kNote)};
  const toy::Folder folder;
  ASSERT_TRUE(write_text(folder / "baseline.json", baseline_text(findings)));
  const auto baseline = read_baseline(folder / "baseline.json");
  ASSERT_TRUE(baseline) << baseline.error().text();
  EXPECT_EQ(baseline->size(), 2u) << "a note needs no excuse";
  EXPECT_EQ(suppress({}, *baseline, findings), std::vector<Accepted>{});
  EXPECT_EQ(reasons(findings), (std::vector<std::string>{"baseline", "baseline", ""}));
  EXPECT_EQ(baseline_text(findings), *read_text(folder / "baseline.json")) << "written again it stays as it is";
}

TEST(Baseline, AnEntryThatFitsNothingIsStale) {
  std::vector<Finding> findings = {finding("P001", "/input/pipeline/2")};
  const std::vector<Accepted> baseline = {{"P001", "/input/pipeline/1", ""}, {"L001", "/output", ""}};
  EXPECT_EQ(suppress({}, baseline, findings), baseline) << "another place is another finding";
  EXPECT_EQ(reasons(findings), std::vector<std::string>{""});
  EXPECT_EQ(suppress({{}, {"L"}}, baseline, findings), std::vector<Accepted>{baseline[0]}) << "of codes that are not asked for nothing is known";
}

TEST(Baseline, WhatIsNoneIsAnErrorThatSaysWhere) {
  const toy::Folder folder;
  const auto error = [&](const char* text) {
    EXPECT_TRUE(write_text(folder / "b.json", text));
    const auto read = read_baseline(folder / "b.json");
    EXPECT_FALSE(read) << text;
    return read ? std::string() : read.error().text();
  };
  EXPECT_TRUE(graph::contains(error("{"), "--write-baseline"));
  EXPECT_TRUE(graph::contains(error("[]"), "b.json"));
  EXPECT_TRUE(graph::contains(error("{\"accepted\": []}"), "whyzero/baseline/1"));
  EXPECT_TRUE(graph::contains(error(R"({"schema": "whyzero/baseline/1", "accepted": 3})"), "accepted"));
  EXPECT_TRUE(graph::contains(error(R"({"schema": "whyzero/baseline/1", "accepted": [{"code": "P001"}]})"), "accepted[0]"));
  EXPECT_TRUE(graph::contains(error(R"({"schema": "whyzero/baseline/1", "accepted": [{"code": "P001", "plce": ""}]})"), "did you mean \"place\""));
  EXPECT_FALSE(read_baseline(folder / "none.json"));
}

}  // namespace
}  // namespace whyzero::evidence
