// O002 argmax-of-one-output: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace whyzero::rules
