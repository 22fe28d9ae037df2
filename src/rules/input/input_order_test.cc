// P018 input-order: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

const toy::App& app() {
  static const toy::App app(toy::two_inputs());
  return app;
}

json broken() {
  json document = app().document();
  std::swap(document["inputs"][0]["arrays"], document["inputs"][1]["arrays"]);
  return document;
}

TEST(InputOrder, Fires) { toy::expect_fires(app(), broken(), "P018"); }

TEST(InputOrder, SilentOnHealthyTwin) { toy::expect_silent(app(), app().document()); }

TEST(InputOrder, FixRestores) { toy::expect_restores(app(), broken()); }

/// Names of the signature are no names of tensors: the inputs are taken by their place.
TEST(InputOrder, TheNamesOfTheSignatureSpeakWithoutTruth) {
  json named = broken();
  named["inputs"][0]["name"] = "load";
  named["inputs"][1]["name"] = "speed";
  toy::expect_fires(app(), named, "P018");
  named.erase("truth");
  const auto* finding = toy::find(app().diagnose(named), "P018");
  ASSERT_NE(finding, nullptr) << toy::loud_codes(app().diagnose(named));
  EXPECT_NE(finding->severity, evidence::Severity::kNote);
  json healthy = app().document();
  healthy["inputs"][0]["name"] = "speed";
  healthy["inputs"][1]["name"] = "load";
  toy::expect_silent(app(), healthy);
  healthy.erase("truth");
  EXPECT_EQ(toy::loud_codes(app().diagnose(healthy)), "");
}

}  // namespace
}  // namespace whyzero::rules
