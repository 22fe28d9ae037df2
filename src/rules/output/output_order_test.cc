// O005 output-order: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

const toy::App& app() {
  static const toy::App app(toy::table({.head = toy::Head::kTwoHeads}));
  return app;
}

json broken() { return app().with("/output/tensor", 0); }

TEST(OutputOrder, Fires) { toy::expect_fires(app(), broken(), "O005"); }

TEST(OutputOrder, SilentOnHealthyTwin) { toy::expect_silent(app(), app().document()); }

TEST(OutputOrder, FixRestores) { toy::expect_restores(app(), broken()); }

}  // namespace
}  // namespace whyzero::rules
