// F002 truncated-model: half of a model.
#include <gtest/gtest.h>

#include "base/file.h"
#include "graph/test_support.h"
#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

std::vector<uint8_t> whole() { return *read_file(toy::standard().folder() / "model.tflite"); }

const diagnosis::Diagnosis& diagnosis_of_half() {
  static const nlohmann::json document = [] {
    std::vector<uint8_t> bytes = whole();
    bytes.resize(bytes.size() / 2);
    return toy::standard().with_model("half.tflite", bytes);
  }();
  return toy::standard().diagnose(document);
}

TEST(TruncatedModel, Fires) {
  EXPECT_EQ(toy::loud_codes(diagnosis_of_half()), "F002");
  EXPECT_EQ(diagnosis_of_half().findings[0].proof, evidence::Proof::kBytes);
}

TEST(TruncatedModel, SilentOnHealthyTwin) {
  std::vector<uint8_t> appended = whole();
  appended.insert(appended.end(), 100, 0);  // more is not less
  EXPECT_EQ(toy::loud_codes(toy::diagnose_model(whole())), "");
  EXPECT_EQ(toy::loud_codes(toy::diagnose_model(appended)), "");
}

TEST(TruncatedModel, FixRestores) {  // there is no patch: the message says how much is there
  const evidence::Finding& finding = diagnosis_of_half().findings[0];
  EXPECT_TRUE(graph::contains(finding.message, std::to_string(whole().size() / 2)));
  EXPECT_EQ(finding.where.pointer, "/model");
  EXPECT_FALSE(finding.fix);
}

}  // namespace
}  // namespace whyzero::rules
