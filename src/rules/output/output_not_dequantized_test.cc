// O001 output-not-dequantized: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

const toy::App& app() {
  static const toy::App app(toy::table({.head = toy::Head::kNumber}));
  return app;
}

json broken() { return app().with("/output/decode", json::array({{{"regression", json::object()}}})); }

TEST(OutputNotDequantized, Fires) { toy::expect_fires(app(), broken(), "O001"); }

TEST(OutputNotDequantized, SilentOnHealthyTwin) { toy::expect_silent(app(), app().document()); }

TEST(OutputNotDequantized, FixRestores) { toy::expect_restores(app(), broken()); }

TEST(OutputNotDequantized, IsSeenWithoutTruth) {
  json blind = broken();
  blind["input"]["table"].erase("label");
  const diagnosis::Diagnosis& diagnosis = app().diagnose(blind);
  ASSERT_EQ(toy::loud_codes(diagnosis), "O001");
  EXPECT_TRUE(diagnosis.findings[0].fix && diagnosis.findings[0].fix->verified);
}

}  // namespace
}  // namespace whyzero::rules
