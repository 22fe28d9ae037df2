// P021 bit-depth: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

const toy::App& app() {
  static const toy::App app({.contrast = 14, .pipeline = json::array({{{"decode", {{"like", "opencv"}}}}, toy::resize(), toy::normalize()}), .deep = true});
  return app;
}

json broken() { return app().with_pipeline(json::array({toy::resize(), toy::normalize()})); }

TEST(BitDepth, Fires) { toy::expect_fires(app(), broken(), "P021"); }

TEST(BitDepth, SilentOnHealthyTwin) { toy::expect_silent(app(), app().document()); }

TEST(BitDepth, FixRestores) { toy::expect_restores(app(), broken()); }

}  // namespace
}  // namespace whyzero::rules
