// What other tools read, of hand-written diagnoses that hold what is hard to write: quotes, percent signs, bytes that are no text.
#include <gtest/gtest.h>

#include "graph/test_support.h"
#include "report/words.h"

namespace whyzero::report {
namespace {

using diagnosis::Diagnosis;
using graph::contains;
using nlohmann::json;

Diagnosis hard() {
  Diagnosis d;
  d.model = "a & b/model.tflite";
  d.sha256 = std::string(64, 'a');
  d.verdict = diagnosis::Verdict::kFault;
  d.measured = diagnosis::Measure{"top1", 50, 0.36, std::nullopt};
  evidence::Finding f;
  f.code = "P001";
  f.name = "channel-order";
  f.rank = 1;
  f.where = {.stage = "input.pipeline", .pointer = "/input/pipeline/7/none"};
  f.message = "<b>\"100 %\"\nof 'it' & \xff\x01]]>";
  f.evidence.push_back({.metric = "top1", .before = 0.36, .after = 0.57, .samples = 50, .p_value = 1e-4, .p_mcnemar = {}, .text = {}});
  f.fix = evidence::Fix{};
  f.fix->rejected_by = "it was worse";
  f.fix->patch = json::array({{{"op", "test"}, {"path", "/input/pipeline/2/channels"}, {"value", 1}}, {{"op", "replace"}, {"path", "/input/pipeline/2/channels"}, {"value", 2}}, {{"op", "add"}, {"path", "/b"}, {"value", 3}}});
  d.findings.push_back(f);
  f.suppressed_by = "baseline";
  f.where = {.stage = "model", .pointer = "", .tensor = -1, .node = 4};
  f.code = "M001";
  d.findings.push_back(f);
  d.ruled_out.push_back({"P002", "nothing & nobody"});
  return d;
}

const Subject kSubject = {.name = "apps/app, 1.json", .lines = {{"", 1}, {"/input", 3}, {"/input/pipeline", 4}, {"/input/pipeline/2", 5}}, .stale = {{"L001", "/output", ""}}};

TEST(Place, TheNearestLineThereIs) {
  const Diagnosis d = hard();
  EXPECT_EQ(place_of(d.findings[0], d, kSubject).line, 5) << "the step that the patch begins with";
  EXPECT_EQ(place_of(d.findings[1], d, kSubject).file, "a & b/model.tflite");
  evidence::Finding script;
  script.where.line = "C:/my/app.py:31";
  EXPECT_EQ(place_of(script, d, kSubject).file, "C:/my/app.py");
  EXPECT_EQ(place_of(script, d, kSubject).line, 31);
}

TEST(Changes, TestAndReplaceAreOneChange) {
  const auto changes = changes_of(hard().findings[0].fix->patch);
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0].before + changes[0].after, "12");
  EXPECT_EQ(changes[1].before + changes[1].after, "3");
  EXPECT_EQ(changes_of(json::array({{{"op", "test"}, {"path", "/a"}, {"value", 1}}, {{"op", "remove"}, {"path", "/a"}}})).at(0).after, "");
}

TEST(Sarif, LevelsPlacesAndSuppressions) {
  const json run = sarif_from_diagnosis(hard(), kSubject)["runs"][0];
  EXPECT_EQ(run["results"][0]["level"], "error");
  EXPECT_EQ(run["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"], 5);
  EXPECT_FALSE(run["results"][0].contains("suppressions"));
  EXPECT_EQ(run["results"][1]["suppressions"][0]["status"], "accepted");
  EXPECT_FALSE(run["results"][1]["locations"][0]["physicalLocation"].contains("region")) << "a model has no lines";
  EXPECT_EQ(run["results"][1]["ruleIndex"], 1);
  EXPECT_TRUE(contains(run["results"][0]["message"]["text"].get<std::string>(), "it was worse"));
  EXPECT_EQ(run["invocations"][0]["toolExecutionNotifications"].size(), 1u) << "the stale entry";
  EXPECT_NO_THROW(run.dump()) << "all of it is UTF-8";
}

TEST(JUnit, CountsAndEscapes) {
  const std::string xml = junit_from_diagnosis(hard(), kSubject);
  EXPECT_TRUE(contains(xml, "tests=\"5\" failures=\"2\" errors=\"0\"") && contains(xml, "skipped=\"1\"")) << xml;
  EXPECT_TRUE(contains(xml, "&lt;b&gt;&quot;100 %&quot;"));
  EXPECT_TRUE(contains(xml, "Rejected: do not rely on this change: it was worse"));
  EXPECT_EQ(xml.find('\x01'), std::string::npos);
  EXPECT_EQ(xml.find('\xff'), std::string::npos);
}

TEST(GitHub, ItsOwnEscapes) {
  const std::string text = github_from_diagnosis(hard(), kSubject);
  EXPECT_TRUE(text.starts_with("::error file=apps/app%2C 1.json,line=5,title=P001 channel-order::<b>\"100 %25\"%0Aof 'it'")) << text;
  EXPECT_EQ(text.find("M001"), std::string::npos) << "what is accepted is no annotation";
  EXPECT_TRUE(contains(text, "::warning file=apps/app%2C 1.json,line=1,title=stale baseline::L001 at /output"));
}

TEST(Html, NothingOfAFileIsMarkup) {
  const std::string html = html_from_diagnosis(hard(), kSubject);
  EXPECT_EQ(html.find("<b>\""), std::string::npos);
  EXPECT_TRUE(contains(html, "nothing &amp; nobody"));
  EXPECT_TRUE(contains(html, "width:57.0%"));
  EXPECT_TRUE(contains(html, "Not counted: baseline"));
}

TEST(Text, WhatIsAcceptedAndWhatIsStale) {
  const std::string text = text_from_diagnosis(hard(), {.colour = false, .subject = kSubject});
  EXPECT_TRUE(contains(text, "M001 channel-order is not counted (baseline)"));
  EXPECT_TRUE(contains(text, "The baseline accepts L001 at /output"));
  EXPECT_TRUE(contains(text, "Rejected  do not rely on this change: it was worse"));
  EXPECT_TRUE(contains(text, "/input/pipeline/2/channels: in place of 1\n            put 2"));
  EXPECT_TRUE(contains(text, "/b: add 3"));
}

TEST(Json, SaysWhatIsAcceptedAndWhatIsStale) {
  const json document = json_from_diagnosis(hard(), kSubject);
  EXPECT_EQ(document["findings"][1]["suppressed_by"], "baseline");
  EXPECT_EQ(document["stale"], (json::array({{{"code", "L001"}, {"place", "/output"}}})));
}

}  // namespace
}  // namespace whyzero::report
