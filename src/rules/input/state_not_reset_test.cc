// P019 state-not-reset: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

const toy::App& app() {
  static const toy::App app(toy::memory());
  return app;
}

json broken() { return app().with("/state/reset_between", false); }

TEST(StateNotReset, Fires) { toy::expect_fires(app(), broken(), "P019"); }

TEST(StateNotReset, SilentOnHealthyTwin) {
  EXPECT_EQ(toy::loud_codes(app().diagnose(app().document())), "");
  EXPECT_GE(app().value(app().document()).value_or(0), 0.85);
}

TEST(StateNotReset, FixRestores) { toy::expect_restores(app(), broken()); }

TEST(StateNotReset, SamplesThatFollowEachOtherKeepTheirState) {
  json sequence = broken();
  sequence["state"]["samples_are_sequence"] = true;
  EXPECT_EQ(toy::find(app().diagnose(sequence), "P019"), nullptr);
}

}  // namespace
}  // namespace whyzero::rules
