// Diagnoses without truth: decisive ranges are named as statistics, healthy apps and photos of one class are not blamed.
#include <gtest/gtest.h>

#include "diagnosis/diagnose.h"
#include "graph/test_support.h"
#include "support/case.h"
#include "support/toy_app.h"

namespace whyzero::diagnosis {
namespace {

using nlohmann::json;

json without_truth(json document) {
  document.erase("truth");
  return document;
}

/// A folder of folders would be truth: the photos of the demo as a list.
Diagnosis diagnosed(const json& document, const std::filesystem::path& base) {
  auto diagnosis = diagnose_document(without_truth(document), base, {.threads = 2});
  EXPECT_TRUE(diagnosis) << diagnosis.error().text();
  return diagnosis ? std::move(*diagnosis) : Diagnosis{};
}

/// Clear photos: what a strong model sees.
const toy::App& clear() {
  static const toy::App app({.samples = 60, .contrast = 30, .noise = 20});
  return app;
}

TEST(DiagnoseLabelFree, NamesARangeThatSilencesTheModel) {
  const json broken = clear().with_pipeline({toy::resize(), toy::normalize(1 / 127.5 / 255, -1)});
  const Diagnosis diagnosis = diagnosed(broken, clear().folder().path());
  EXPECT_EQ(diagnosis.verdict, Verdict::kFault) << diagnosis.lead.value_or("no lead");
  const evidence::Finding* finding = toy::find(diagnosis, "P002");
  ASSERT_NE(finding, nullptr) << toy::loud_codes(diagnosis);
  EXPECT_EQ(finding->proof, evidence::Proof::kStatistics);
  EXPECT_LT(finding->confidence, 0.95);
  ASSERT_FALSE(finding->evidence.empty());
  EXPECT_LT(finding->evidence[0].before.value_or(1), finding->evidence[0].after.value_or(0));
  json mended = toy::mended(without_truth(broken), diagnosis);
  mended["truth"] = clear().document()["truth"];
  EXPECT_GE(clear().value(mended).value_or(0), *clear().value(clear().document()) - 0.05) << mended["input"]["pipeline"];
}

TEST(DiagnoseLabelFree, DoesNotBlameAHealthyApp) {
  const Diagnosis diagnosis = diagnosed(clear().document(), clear().folder().path());
  EXPECT_EQ(toy::loud_codes(diagnosis), "");
  EXPECT_EQ(diagnosis.verdict, Verdict::kUndetermined);
  ASSERT_FALSE(diagnosis.needs.empty());
}

TEST(DiagnoseLabelFree, IsBlindToLabels) {
  const Diagnosis diagnosis = diagnosed(clear().with("/output/label_offset", 1), clear().folder().path());
  EXPECT_EQ(toy::loud_codes(diagnosis), "");
  EXPECT_EQ(diagnosis.verdict, Verdict::kUndetermined) << "the answers are as far apart as they can be, and all wrong";
}

}  // namespace
}  // namespace whyzero::diagnosis
