// P015 shape-mismatch: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

json broken() { return toy::standard().with_pipeline(json::array({toy::resize("bilinear", "pillow", 4), toy::normalize()})); }

TEST(ShapeMismatch, Fires) { toy::expect_fires(toy::standard(), broken(), "P015"); }

TEST(ShapeMismatch, SilentOnHealthyTwin) { toy::expect_silent(toy::standard(), toy::standard().document()); }

TEST(ShapeMismatch, FixRestores) { toy::expect_restores(toy::standard(), broken()); }

}  // namespace
}  // namespace whyzero::rules
