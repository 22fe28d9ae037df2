// A hand-written diagnosis as JSON and as text: every fact is there, nothing is invented.
#include "report/report.h"
#include "report/words.h"

#include <gtest/gtest.h>

#include <limits>
#include <memory>

#include "graph/test_support.h"

namespace whyzero::report {
namespace {

using diagnosis::Diagnosis;
using nlohmann::json;

Diagnosis fault() {
  Diagnosis d;
  d.model = "model.tflite";
  d.sha256 = std::string(64, 'a');
  d.verdict = diagnosis::Verdict::kFault;
  d.measured = diagnosis::Measure{"top1", 200, 0.36, std::pair{0.297, 0.429}};
  d.after_fixes = diagnosis::Measure{"top1", 200, 0.57, std::nullopt};
  evidence::Finding f;
  f.code = "P001";
  f.name = "channel-order";
  f.rank = 1;
  f.confidence = 0.98;
  f.where = {.stage = "input.pipeline", .pointer = "/input/pipeline"};
  f.message = "The app feeds BGR; the model was trained on RGB.";
  f.alternatives = {"P017"};
  f.evidence.push_back({.metric = "top1", .before = 0.36, .after = 0.57, .samples = 200, .p_value = 3.1e-9, .p_mcnemar = 0.0004, .text = {}});
  f.fix = evidence::Fix{};
  f.fix->verified = true;
  f.fix->patch = json::array({{{"op", "test"}, {"path", "/input/pipeline/2"}, {"value", {{"channels", "bgr"}}}}, {{"op", "remove"}, {"path", "/input/pipeline/2"}}});
  d.findings.push_back(f);
  evidence::Finding note;
  note.code = "D001";
  note.name = "too-few-samples";
  note.severity = evidence::Severity::kNote;
  note.rank = 2;
  note.proof = evidence::Proof::kStatic;
  note.message = "12 labelled samples.";
  d.findings.push_back(note);
  d.ruled_out.push_back({"P002", "the best of 9 changes gains +0.5 points"});
  d.coverage = runtime::Coverage{31, 30, {{7, "MyOp", Error{ErrorCode::kUnsupported, "no kernel", {}}}}};
  d.predictions = {{"cat", 150}, {"dog", 30}, {"cow", 10}, {"hen", 6}, {"owl", 4}};
  d.tried = 42;
  d.seconds = 2.4;
  return d;
}

TEST(MendedModel, ItsFileStandsInTheFixItBelongsTo) {
  Diagnosis d = fault();
  d.findings[1].fix = evidence::Fix{};
  d.findings[0].fix->model = std::make_shared<const std::vector<uint8_t>>(4);
  EXPECT_FALSE(json_from_diagnosis(d)["findings"][0]["fix"].contains("model")) << "not written yet";
  EXPECT_TRUE(graph::contains(text_from_diagnosis(d, {}), "--output FOLDER"));
  d.findings[0].fix->model_file = "out/model-mended.tflite";
  EXPECT_EQ(json_from_diagnosis(d)["findings"][0]["fix"]["model"], "out/model-mended.tflite");
  EXPECT_FALSE(json_from_diagnosis(d)["findings"][1]["fix"].contains("model"));
  EXPECT_TRUE(graph::contains(text_from_diagnosis(d, {}), "out/model-mended.tflite"));
}

TEST(Script, LineAndCodeAreShown) {
  Diagnosis d = fault();
  d.findings[0].where.line = "app.py:31";
  d.findings[0].fix->code = {{"python", "x = x[..., ::-1]"}};
  d.findings[0].evidence.resize(1);
  d.findings[0].evidence[0] = {};
  d.findings[0].evidence[0].text = "seen in the calls";
  const json finding = json_from_diagnosis(d)["findings"][0];
  EXPECT_EQ(finding["where"]["line"], "app.py:31");
  EXPECT_EQ(finding["fix"]["code"]["python"], "x = x[..., ::-1]");
  const std::string text = text_from_diagnosis(d, {.colour = false, .subject = {.name = "app.json"}});
  for (const char* words : {"At        app.py:31", "Write     python: x = x[..., ::-1]", "Proof     seen in the calls"}) EXPECT_TRUE(graph::contains(text, words));
}

TEST(Json, HoldsEveryFact) {
  const json j = json_from_diagnosis(fault());
  EXPECT_EQ(j["schema"], "whyzero/diagnosis/1");
  EXPECT_EQ(j["tool"]["name"], "whyzero");
  EXPECT_EQ(j["model"], (json{{"path", "model.tflite"}, {"sha256", std::string(64, 'a')}}));
  EXPECT_EQ(j["verdict"], "fault");
  EXPECT_EQ(j["measured"], (json{{"metric", "top1"}, {"samples", 200}, {"as_deployed", 0.36}, {"interval", {0.297, 0.429}}}));
  EXPECT_EQ(j["after_fixes"], (json{{"metric", "top1"}, {"samples", 200}, {"value", 0.57}}));
  EXPECT_EQ(j["ruled_out"][0]["code"], "P002");
  EXPECT_EQ(j["coverage"]["run"], 30);
  EXPECT_EQ(j["coverage"]["skipped"][0], (json{{"node", 7}, {"operator", "MyOp"}, {"why", "no kernel"}}));
  EXPECT_EQ(j["tried"], 42);
  ASSERT_EQ(j["findings"].size(), 2u);
  const json& f = j["findings"][0];
  EXPECT_EQ(f["code"], "P001");
  EXPECT_EQ(f["severity"], "error");
  EXPECT_EQ(f["proof"], "experiment");
  EXPECT_EQ(f["where"], (json{{"stage", "input.pipeline"}, {"pointer", "/input/pipeline"}})) << "no tensor, no node";
  EXPECT_EQ(f["alternatives"], json::array({"P017"}));
  EXPECT_EQ(f["evidence"][0]["p_value"], 3.1e-9);
  EXPECT_EQ(f["evidence"][0]["p_mcnemar"], 0.0004);
  EXPECT_EQ(f["fix"]["safety"], "safe");
  EXPECT_EQ(f["fix"]["verified"], true);
  EXPECT_FALSE(f["fix"].contains("rejected_by"));
  EXPECT_EQ(f["fix"]["patch"].size(), 2u);
  EXPECT_TRUE(j["findings"][1]["fix"].is_null());
  EXPECT_EQ(j["findings"][1]["severity"], "note");
}

TEST(Json, NumbersThatAreNoneAreNull) {
  Diagnosis d = fault();
  d.measured->value = std::numeric_limits<double>::quiet_NaN();
  d.after_fixes->value = std::nullopt;
  d.findings[0].evidence[0].before = -std::numeric_limits<double>::infinity();
  d.findings[0].where = {.stage = "model", .pointer = "", .tensor = 0, .node = 3};
  const json j = json_from_diagnosis(d);
  EXPECT_TRUE(j["measured"]["as_deployed"].is_null());
  EXPECT_TRUE(j["after_fixes"]["value"].is_null());
  EXPECT_TRUE(j["findings"][0]["evidence"][0]["before"].is_null());
  EXPECT_EQ(j["findings"][0]["where"], (json{{"stage", "model"}, {"tensor", 0}, {"node", 3}}));
  EXPECT_EQ(json::parse(j.dump()), j);
}

TEST(Json, AnUndeterminedVerdictSaysWhatWouldSettleIt) {
  Diagnosis d;
  d.needs = {"30 labelled samples"};
  d.lead = "P002: +3 points";
  const json j = json_from_diagnosis(d);
  EXPECT_EQ(j["verdict"], "undetermined");
  EXPECT_EQ(j["needs"], json::array({"30 labelled samples"}));
  EXPECT_EQ(j["lead"], "P002: +3 points");
  EXPECT_TRUE(j["measured"].is_null());
  EXPECT_EQ(j["findings"], json::array());
  EXPECT_FALSE(json_from_diagnosis(fault()).contains("needs"));
}

TEST(Text, SaysVerdictProofAndChange) {
  const std::string text = text_from_diagnosis(fault(), {.colour = false, .subject = {.name = "app.json"}});
  for (const char* part : {"app.json: fault", "36.0 %", "200", "29.7", "42.9", "error P001 channel-order", "The app feeds BGR", "36.0 % -> 57.0 %", "p = 3.1e-09",
                           "McNemar p = 0.0004", "P017", R"(/input/pipeline/2: leave out {"channels":"bgr"})",
                           "Verified", "note D001", "12 labelled samples", "57.0 % of 200 samples", "P002", "42 variants", "30 of 31 operators", "cat 150", "1 more"})
    EXPECT_TRUE(graph::contains(text, part));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_LT(text.find("P001"), text.find("D001"));
}

TEST(Text, BreaksLinesAndColoursOnlyOnRequest) {
  Diagnosis d = fault();
  d.findings[0].message = "word";
  for (int i = 0; i < 100; ++i) d.findings[0].message += " word";
  const std::string text = text_from_diagnosis(d, {.colour = false, .subject = {.name = "app.json"}});
  size_t start = 0;
  for (size_t end; (end = text.find('\n', start)) != std::string::npos; start = end + 1) {
    if (text.substr(start, end - start).find("\"op\"") == std::string::npos) {
      EXPECT_LE(end - start, 110u) << text.substr(start, end - start);
    }
  }
  EXPECT_NE(text_from_diagnosis(d, {.colour = true, .subject = {.name = "app.json"}}).find("\x1b["), std::string::npos);
}

TEST(Text, AFixThatFailedSaysWhichGateStoppedIt) {
  Diagnosis d = fault();
  d.findings[0].fix->verified = false;
  d.findings[0].fix->rejected_by = "the reference kernels decide otherwise on 3.jpg";
  const std::string text = text_from_diagnosis(d, {.colour = false, .subject = {.name = "app.json"}});
  EXPECT_TRUE(graph::contains(text, "decide otherwise on 3.jpg"));
  EXPECT_EQ(text.find("Verified"), std::string::npos);
}

TEST(Text, Numbers) {
  EXPECT_EQ(metric_text("top1", 0.9166), "91.7 %");
  EXPECT_EQ(metric_text("r2", 0.37244), "0.3724");
  EXPECT_EQ(metric_text("top1", std::nullopt), "-");
  EXPECT_EQ(metric_text("r2", std::numeric_limits<double>::quiet_NaN()), "-");
  EXPECT_EQ(p_text(0.00031), "p = 0.00031");
  EXPECT_EQ(p_text(1e-30), "p < 1e-12");
}

}  // namespace
}  // namespace whyzero::report
