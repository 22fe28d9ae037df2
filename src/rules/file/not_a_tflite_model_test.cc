// F001 not-a-tflite-model: a web page in place of a model.
#include <gtest/gtest.h>

#include <string_view>

#include "base/file.h"
#include "graph/test_support.h"
#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

const diagnosis::Diagnosis& diagnosis_of_page() {
  constexpr std::string_view kPage = "<!DOCTYPE html>\n<html><body>404: Not Found</body></html>\n";
  static const nlohmann::json document = toy::standard().with_model("page.tflite", {kPage.begin(), kPage.end()});
  return toy::standard().diagnose(document);
}

TEST(NotATfliteModel, Fires) {
  EXPECT_EQ(toy::loud_codes(diagnosis_of_page()), "F001");
  EXPECT_EQ(diagnosis_of_page().verdict, diagnosis::Verdict::kFault);
  EXPECT_EQ(diagnosis_of_page().findings[0].proof, evidence::Proof::kBytes);
}

TEST(NotATfliteModel, SilentOnHealthyTwin) {
  const auto bytes = read_file(toy::standard().folder() / "model.tflite");
  EXPECT_EQ(toy::loud_codes(toy::diagnose_model(*bytes)), "");
}

TEST(NotATfliteModel, FixRestores) {  // there is no patch: the message says what the file is
  const evidence::Finding& finding = diagnosis_of_page().findings[0];
  EXPECT_TRUE(graph::contains(finding.message, "HTML"));
  EXPECT_EQ(finding.where.pointer, "/model");
  EXPECT_FALSE(finding.fix);
}

}  // namespace
}  // namespace whyzero::rules
