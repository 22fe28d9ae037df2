// P008 resize-method: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

json broken() { return toy::standard().with_pipeline(json::array({toy::resize("nearest", "opencv"), toy::normalize()})); }

TEST(ResizeMethod, Fires) { toy::expect_fires(toy::standard(), broken(), "P008"); }

TEST(ResizeMethod, SilentOnHealthyTwin) { toy::expect_silent(toy::standard(), toy::standard().document()); }

TEST(ResizeMethod, FixRestores) { toy::expect_restores(toy::standard(), broken()); }

}  // namespace
}  // namespace whyzero::rules
