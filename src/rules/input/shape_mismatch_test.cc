// P015 shape-mismatch: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include "graph/test_support.h"
#include "support/recorded_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

json broken() { return toy::standard().with_pipeline(json::array({toy::resize("bilinear", "pillow", 4), toy::normalize()})); }

TEST(ShapeMismatch, Fires) { toy::expect_fires(toy::standard(), broken(), "P015"); }

TEST(ShapeMismatch, SilentOnHealthyTwin) { toy::expect_silent(toy::standard(), toy::standard().document()); }

TEST(ShapeMismatch, FixRestores) { toy::expect_restores(toy::standard(), broken()); }

TEST(ShapeMismatch, FiresOnARefusedCall) {
  const json document = toy::recorded({toy::refused_call("float32", {8, 8, 3})});
  toy::expect_fires(toy::standard(), document, "P015");
  const evidence::Finding& finding = toy::standard().diagnose(document).findings.front();
  EXPECT_EQ(finding.where.line, "app.py:10");
  EXPECT_EQ(finding.proof, evidence::Proof::kCalls);
  ASSERT_TRUE(finding.fix);
  EXPECT_EQ(finding.fix->code["python"], "x = np.expand_dims(x, 0)  # the batch axis");
}

TEST(ShapeMismatch, FiresOnAReshapeThatFails) {
  const json document = toy::recorded({{{"call", "exception"}, {"exception", "ValueError: cannot reshape array of size 108 into shape (1,8,8,3)"}, {"line", "app.py:9"}}});
  toy::expect_fires(toy::standard(), document, "P015");
  const evidence::Finding& finding = toy::standard().diagnose(document).findings.front();
  EXPECT_EQ(finding.where.line, "app.py:9");
  EXPECT_TRUE(graph::contains(finding.message, "6 by 6"));
  EXPECT_EQ(toy::loud_codes(toy::standard().diagnose(toy::recorded({{{"call", "exception"}, {"exception", "ValueError: cannot reshape array of size 108 into shape (1,7)"}}}))), "")
      << "an array of another kind";
}

TEST(ShapeMismatch, IsNamedWhereNoChangeMendsIt) {
  const toy::App app([](const toy::Folder& folder) { return toy::table()(folder); });
  json document = app.document();
  auto& features = document["input"]["table"]["features"];
  features.erase(features.size() - 1);
  for (json& step : document["input"]["pipeline"])
    for (auto& [key, numbers] : step.begin().value().items())
      if (numbers.is_array()) numbers.erase(numbers.size() - 1);
  const auto& diagnosis = app.diagnose(document);
  EXPECT_EQ(toy::loud_codes(diagnosis), "P015");
  ASSERT_FALSE(diagnosis.findings.empty());
  EXPECT_EQ(diagnosis.findings.front().proof, evidence::Proof::kRun);
}

}  // namespace
}  // namespace whyzero::rules
