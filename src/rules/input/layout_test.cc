// P007 layout: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

json broken() { return toy::standard().with_pipeline(json::array({toy::resize(), toy::normalize(), {{"layout", "nchw"}}})); }

TEST(Layout, Fires) { toy::expect_fires(toy::standard(), broken(), "P007"); }

TEST(Layout, SilentOnHealthyTwin) { toy::expect_silent(toy::standard(), toy::standard().document()); }

TEST(Layout, FixRestores) { toy::expect_restores(toy::standard(), broken()); }

}  // namespace
}  // namespace whyzero::rules
