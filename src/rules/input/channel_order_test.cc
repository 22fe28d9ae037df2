// P001 channel-order: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

json broken() { return toy::standard().with_pipeline(json::array({toy::resize(), {{"channels", "bgr"}}, toy::normalize()})); }

TEST(ChannelOrder, Fires) { toy::expect_fires(toy::standard(), broken(), "P001"); }

TEST(ChannelOrder, SilentOnHealthyTwin) { toy::expect_silent(toy::standard(), toy::standard().document()); }

TEST(ChannelOrder, FixRestores) { toy::expect_restores(toy::standard(), broken()); }

}  // namespace
}  // namespace whyzero::rules
