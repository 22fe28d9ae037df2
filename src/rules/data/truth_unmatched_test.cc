// D002 truth-unmatched: a truth file with a stranger, a gap and a misspelt label.
#include <gtest/gtest.h>

#include "base/file.h"
#include "graph/test_support.h"
#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

/// The toy's truth with its first row renamed and the label of its last row misspelt.
const diagnosis::Diagnosis& diagnosis_of_odd_truth() {
  const auto& app = toy::standard();
  static const nlohmann::json document = [&] {
    std::string truth = *read_text(app.folder() / "truth.csv");
    truth.replace(truth.find("photos/100.bmp"), 14, "photos/xyz.bmp");
    truth.replace(truth.rfind("f-thing"), 7, "f-thong");
    EXPECT_TRUE(write_text(app.folder() / "odd_truth.csv", truth));
    return app.with("/truth", "odd_truth.csv");
  }();
  return app.diagnose(document);
}

TEST(TruthUnmatched, Fires) {
  const evidence::Finding* finding = toy::find(diagnosis_of_odd_truth(), "D002");
  ASSERT_TRUE(finding);
  EXPECT_EQ(finding->severity, evidence::Severity::kNote);
  EXPECT_EQ(diagnosis_of_odd_truth().verdict, diagnosis::Verdict::kHealthy);
}

TEST(TruthUnmatched, SilentOnHealthyTwin) { EXPECT_EQ(toy::find(toy::standard().diagnose(toy::standard().document()), "D002"), nullptr); }

TEST(TruthUnmatched, FixRestores) {  // there is no patch: the message names row, number of samples and label
  const evidence::Finding* finding = toy::find(diagnosis_of_odd_truth(), "D002");
  ASSERT_TRUE(finding);
  EXPECT_TRUE(graph::contains(finding->message, "photos/xyz.bmp"));
  EXPECT_TRUE(graph::contains(finding->message, "1 samples have no truth"));
  EXPECT_TRUE(graph::contains(finding->message, "f-thong"));
  EXPECT_EQ(finding->where.pointer, "/truth");
}

TEST(TruthUnmatched, NamesWithoutALabelFileAreNoTruth) {
  nlohmann::json document = toy::standard().document();
  document["output"].erase("labels");
  const diagnosis::Diagnosis got = toy::standard().diagnose(document);
  const evidence::Finding* finding = toy::find(got, "D002");
  ASSERT_TRUE(finding);
  EXPECT_TRUE(graph::contains(finding->message, "there is no label file that names the classes")) << finding->message;
  EXPECT_EQ(got.verdict, diagnosis::Verdict::kUndetermined);
  EXPECT_TRUE(!got.measured || !got.measured->value);
}

}  // namespace
}  // namespace whyzero::rules
