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

}  // namespace
}  // namespace whyzero::rules
