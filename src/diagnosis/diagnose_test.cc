// Whole diagnoses: the committed demo, stacks of faults, weak data, things that are not the app's fault.
#include "diagnosis/diagnose.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "app/app.h"
#include "graph/builder.h"
#include "graph/test_support.h"
#include "support/case.h"
#include "support/toy_app.h"

namespace whyzero::diagnosis {
namespace {

using nlohmann::json;

const toy::Fruit& fruit() {
  static const toy::Fruit fruit(5);
  return fruit;
}

Diagnosis diagnosed(const json& document, const std::filesystem::path& base, int threads = 2, uint64_t seed = 1) {
  auto diagnosis = diagnose_document(document, base, {.threads = threads, .seed = seed});
  EXPECT_TRUE(diagnosis) << diagnosis.error().text();
  return diagnosis ? std::move(*diagnosis) : Diagnosis{};
}

Diagnosis diagnosed(const char* demo) { return diagnosed(fruit().document(demo), fruit().folder()); }

/// The demo's fix: verified, applied by the patches alone, healthy afterwards and as good as the healthy app.
void expect_mended(const char* demo, const char* healthy, const std::string& codes) {
  const Diagnosis diagnosis = diagnosed(demo);
  EXPECT_EQ(diagnosis.verdict, Verdict::kFault);
  EXPECT_EQ(toy::loud_codes(diagnosis), codes);
  for (const evidence::Finding& finding : diagnosis.findings) {
    if (finding.severity == evidence::Severity::kNote) continue;
    EXPECT_TRUE(finding.fix && finding.fix->verified) << finding.code;
  }
  const json mended = toy::mended(fruit().document(demo), diagnosis);
  EXPECT_EQ(mended, diagnosis.mended);
  const auto expected = toy::case_of(fruit().document(healthy), fruit().folder()), got = toy::case_of(mended, fruit().folder());
  EXPECT_GE(*got->symptom.evaluation.scored.value, *expected->symptom.evaluation.scored.value - 0.05);
  EXPECT_EQ(*diagnosis.after_fixes->value, *got->symptom.evaluation.scored.value);
  EXPECT_EQ(diagnosed(mended, fruit().folder()).verdict, Verdict::kHealthy);
}

TEST(DiagnoseDemo, FindsAndMendsBgr) { expect_mended("app.json", "app_healthy.json", "P001"); }

TEST(DiagnoseDemo, FindsAndMendsTheCastToInt8) { expect_mended("app_int8.json", "app_int8_healthy.json", "P004"); }

TEST(DiagnoseDemo, FindsAndMendsTwoFaultsThatHideEachOther) {
  const Diagnosis diagnosis = diagnosed("app_two_faults.json");
  const std::string codes = toy::loud_codes(diagnosis);
  EXPECT_TRUE(codes == "P001 P002" || codes == "P002 P001") << codes << ", lead: " << diagnosis.lead.value_or("none");
  const auto got = toy::case_of(toy::mended(fruit().document("app_two_faults.json"), diagnosis), fruit().folder());
  EXPECT_GE(*got->symptom.evaluation.scored.value, 0.9);
}

TEST(DiagnoseDemo, IsSilentOnHealthyApps) {
  for (const char* demo : {"app_healthy.json", "app_int8_healthy.json"}) {
    const Diagnosis diagnosis = diagnosed(demo);
    EXPECT_EQ(diagnosis.verdict, Verdict::kHealthy) << demo;
    EXPECT_EQ(toy::loud_codes(diagnosis), "") << demo;
    EXPECT_TRUE(diagnosis.mended.is_null());
    EXPECT_FALSE(diagnosis.after_fixes);
    EXPECT_GE(*diagnosis.measured->value, 0.9);
    EXPECT_EQ(diagnosis.measured->samples, 50);
  }
}

TEST(Diagnose, ThreadsChangeNothingAndSeedsLittle) {
  const auto& app = toy::standard();
  const json broken = app.with_pipeline({toy::resize(), {{"channels", "bgr"}}, toy::normalize(1 / 255.0, 0)});
  const Diagnosis one = diagnosed(broken, app.folder().path(), 1), two = diagnosed(broken, app.folder().path(), 2);
  EXPECT_EQ(one.mended, two.mended);
  EXPECT_EQ(one.tried, two.tried);
  EXPECT_EQ(toy::loud_codes(one), toy::loud_codes(two));
  EXPECT_EQ(*one.findings.at(0).evidence.at(0).p_value, *two.findings.at(0).evidence.at(0).p_value);
  EXPECT_EQ(diagnosed(broken, app.folder().path(), 2, 77).mended, one.mended);
}

TEST(Diagnose, UnstacksFaultsOfTheWholeChain) {
  const auto& app = toy::standard();
  struct Stack {
    json pipeline;
    int label_offset;
    std::vector<std::string> codes;
  };
  const json bgr = {{"channels", "bgr"}}, turned = {{"rotate", 180}};
  for (const Stack& stack : {Stack{{toy::resize(), bgr, toy::normalize(1 / 255.0, 0)}, 0, {"P001", "P002"}}, Stack{{toy::resize(), turned, toy::normalize()}, 1, {"L001", "P010"}},
                             Stack{{toy::resize(), bgr, {{"cast", "float32"}}}, 1, {"L001", "P001", "P002"}},
                             Stack{{toy::resize(), bgr, toy::normalize(-1 / 127.5, 1)}, -1, {"L001", "P001", "P002"}}}) {
    json broken = app.with_pipeline(stack.pipeline);
    broken["output"]["label_offset"] = stack.label_offset;
    const Diagnosis& diagnosis = app.diagnose(broken);
    std::vector<std::string> codes;
    for (const evidence::Finding& finding : diagnosis.findings) codes.push_back(finding.code);
    std::sort(codes.begin(), codes.end());
    EXPECT_EQ(codes, stack.codes) << broken["input"]["pipeline"] << " lead: " << diagnosis.lead.value_or("none");
    EXPECT_GE(app.value(toy::mended(broken, diagnosis)).value_or(0), *app.value(app.document()) - 0.05);
  }
}

TEST(Diagnose, RanksBeginAtOneAndNotesComeLast) {
  const toy::App small({.samples = 24});
  const Diagnosis diagnosis = diagnosed(small.with_pipeline({toy::resize(), {{"layout", "nchw"}}, toy::normalize()}), small.folder().path());
  ASSERT_FALSE(diagnosis.findings.empty());
  for (size_t i = 0; i < diagnosis.findings.size(); ++i) EXPECT_EQ(diagnosis.findings[i].rank, static_cast<int>(i) + 1);
  EXPECT_EQ(diagnosis.findings.back().code, "D001");
}

TEST(Diagnose, WithoutTruthItIsUndetermined) {
  const auto& app = toy::standard();
  json blind = app.document();
  blind.erase("truth");
  const Diagnosis diagnosis = diagnosed(blind, app.folder().path());
  EXPECT_EQ(diagnosis.verdict, Verdict::kUndetermined);
  ASSERT_FALSE(diagnosis.needs.empty());
  EXPECT_TRUE(graph::contains(diagnosis.needs[0], "label"));
}

TEST(Diagnose, AnUntrainedModelIsNotBlamedOnThePipeline) {
  const auto& app = toy::standard();
  graph::ModelBuilder b;
  const int x = b.input("image", DType::kFloat32, {1, 8, 8, 3}), y = b.tensor("y", DType::kFloat32, {1, 6});
  std::vector<float> weights(6 * 192);
  for (size_t i = 0; i < weights.size(); ++i) weights[i] = 0.05f * static_cast<float>(i * 2654435761u % 97) - 2.4f;
  const int w = b.constant<float>("w", {6, 192}, weights), c = b.constant<float>("b", {6}, std::vector<float>(6, 0));
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, w, c}, {y}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
  b.output(y);
  const Diagnosis& diagnosis = app.diagnose(app.with_model("untrained.tflite", b.bytes()));
  EXPECT_EQ(toy::loud_codes(diagnosis), "");
  EXPECT_EQ(diagnosis.verdict, Verdict::kUndetermined);
}

TEST(Diagnose, FewSamplesProveNothing) {
  const toy::App tiny({.samples = 6});
  const Diagnosis diagnosis = diagnosed(tiny.with("/output/label_offset", 1), tiny.folder().path());
  EXPECT_NE(toy::find(diagnosis, "D001"), nullptr);
  EXPECT_NE(diagnosis.verdict, Verdict::kHealthy) << "nothing is right, so it cannot be healthy";
}

TEST(Diagnose, WhatCannotBeDoneIsAnError) {
  const toy::Folder empty;
  EXPECT_EQ(diagnose_app(empty / "none.json", {}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(diagnose_model(empty / "none.tflite", {}).error().code, ErrorCode::kNotFound);
  const auto& app = toy::standard();
  EXPECT_FALSE(diagnose_document(app.with("/colour", 1), app.folder().path(), {}));
  EXPECT_FALSE(diagnose_document(app.with("/input/images", "nowhere"), app.folder().path(), {}));
  Progress stopped;
  stopped.cancel();
  const auto cancelled = diagnose_document(app.document(), app.folder().path(), {.threads = 1, .progress = &stopped});
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().code, ErrorCode::kCancelled);
}

TEST(Diagnose, AModelAloneAsksForPhotos) {
  const auto& app = toy::standard();
  const auto diagnosis = diagnose_model(app.folder() / "model.tflite", {});
  ASSERT_TRUE(diagnosis);
  EXPECT_EQ(diagnosis->verdict, Verdict::kUndetermined);
  EXPECT_FALSE(diagnosis->needs.empty());
  EXPECT_FALSE(diagnosis->measured);
  EXPECT_EQ(diagnosis->sha256.size(), 64u);
}

}  // namespace
}  // namespace whyzero::diagnosis
