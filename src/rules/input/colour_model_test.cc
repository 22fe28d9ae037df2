// P017 colour-model: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

json broken() { return toy::standard().with_pipeline(json::array({toy::resize(), {{"channels", "gray3"}}, toy::normalize()})); }

TEST(ColourModel, Fires) { toy::expect_fires(toy::standard(), broken(), "P017"); }

TEST(ColourModel, SilentOnHealthyTwin) { toy::expect_silent(toy::standard(), toy::standard().document()); }

TEST(ColourModel, FixRestores) { toy::expect_restores(toy::standard(), broken()); }

}  // namespace
}  // namespace whyzero::rules
