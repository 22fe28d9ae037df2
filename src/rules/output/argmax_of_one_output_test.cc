// O002 argmax-of-one-output: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include "support/recorded_app.h"
#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

const toy::App& app() {
  static const toy::App app({.classes = 2, .one_unit = true});
  return app;
}

json broken() { return app().with("/output/decode", json::array({{{"argmax", json::object()}}})); }

TEST(ArgmaxOfOneOutput, Fires) { toy::expect_fires(app(), broken(), "O002"); }

TEST(ArgmaxOfOneOutput, SilentOnHealthyTwin) { toy::expect_silent(app(), app().document()); }

TEST(ArgmaxOfOneOutput, FixRestores) { toy::expect_restores(app(), broken()); }

TEST(ArgmaxOfOneOutput, OfAScriptThatTakesItOverTheBatch) {
  toy::Calls calls = toy::healthy_calls();
  calls.push_back({{"call", "argmax_of_one"}, {"dtype", "float32"}, {"shape", {1, 6}}, {"line", "app.py:13"}});
  const auto& got = toy::standard().diagnose(toy::recorded(calls));
  const evidence::Finding* finding = toy::find(got, "O002");
  ASSERT_TRUE(finding);
  EXPECT_EQ(finding->where.line, "app.py:13");
  EXPECT_EQ(finding->proof, evidence::Proof::kCalls);
  EXPECT_EQ(toy::loud_codes(got), "O002");
}

}  // namespace
}  // namespace whyzero::rules
