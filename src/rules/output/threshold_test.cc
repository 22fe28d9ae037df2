// O003 threshold: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

const toy::App& app() {
  static const toy::App app(toy::table({.classes = 2, .rows = 120, .head = toy::Head::kUnit, .noise = 1.2}));  // weak enough to be rarely sure
  return app;
}

json broken() { return app().with("/output/decode", json::array({{{"threshold", 0.995}}})); }

TEST(Threshold, Fires) { toy::expect_fires(app(), broken(), "O003"); }

TEST(Threshold, SilentOnHealthyTwin) { toy::expect_silent(app(), app().document()); }

TEST(Threshold, FixRestores) { toy::expect_restores(app(), broken()); }

TEST(Threshold, OneThatNothingCrossesNeedsNoTruth) {
  json blind = app().with("/output/decode", json::array({{{"threshold", 50}}}));
  blind["input"]["table"].erase("label");
  ASSERT_EQ(toy::loud_codes(app().diagnose(blind)), "O003");
  EXPECT_EQ(app().diagnose(blind).findings[0].proof, evidence::Proof::kStatic);
  const json labelled = app().with("/output/decode", json::array({{{"threshold", 50}}}));
  const evidence::Finding& finding = app().diagnose(labelled).findings.at(0);
  ASSERT_TRUE(finding.fix);
  EXPECT_TRUE(finding.fix->code.contains("python")) << "what is mended before the experiments is written as code too";
}

TEST(Threshold, FindsTheConversionToAnInteger) {
  const json truncated = app().with("/output/decode", json::array({{{"truncate", json::object()}}, {{"threshold", 0.5}}}));
  toy::expect_fires(app(), truncated, "O003");
  toy::expect_restores(app(), truncated);
}

}  // namespace
}  // namespace whyzero::rules
