// P011 wrong-size: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

json broken() { return toy::standard().with_pipeline(json::array({toy::resize("bilinear", "pillow", 12), {{"crop", {{"box", {0, 0, 8, 8}}}}}, toy::normalize()})); }

TEST(WrongSize, Fires) { toy::expect_fires(toy::standard(), broken(), "P011"); }

TEST(WrongSize, SilentOnHealthyTwin) { toy::expect_silent(toy::standard(), toy::standard().document()); }

TEST(WrongSize, FixRestores) { toy::expect_restores(toy::standard(), broken()); }

}  // namespace
}  // namespace whyzero::rules
