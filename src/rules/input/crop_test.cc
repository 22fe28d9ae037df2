// P009 crop: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

json broken() { return toy::standard().with_pipeline(json::array({{{"letterbox", {{"width", 8}, {"height", 8}, {"fill", 114}, {"method", "bilinear"}, {"library", "pillow"}}}}, toy::normalize()})); }

TEST(Crop, Fires) { toy::expect_fires(toy::standard(), broken(), "P009"); }

TEST(Crop, SilentOnHealthyTwin) { toy::expect_silent(toy::standard(), toy::standard().document()); }

TEST(Crop, FixRestores) { toy::expect_restores(toy::standard(), broken()); }

}  // namespace
}  // namespace whyzero::rules
