// P008 resize-method: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

// Six pixels each way become one: what averages them sees through the noise.
const toy::App& app() {
  static const toy::App app({.width = 48, .height = 48, .contrast = 3});
  return app;
}

json broken() { return app().with_pipeline(json::array({toy::resize("nearest", "opencv"), toy::normalize()})); }

TEST(ResizeMethod, Fires) { toy::expect_fires(app(), broken(), "P008"); }

TEST(ResizeMethod, SilentOnHealthyTwin) { toy::expect_silent(app(), app().document()); }

TEST(ResizeMethod, FixRestores) { toy::expect_restores(app(), broken()); }

}  // namespace
}  // namespace whyzero::rules
