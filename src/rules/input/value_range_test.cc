// P002 value-range: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

json broken() { return toy::standard().with_pipeline(json::array({toy::resize(), toy::normalize(1 / 255.0, 0)})); }

TEST(ValueRange, Fires) { toy::expect_fires(toy::standard(), broken(), "P002"); }

TEST(ValueRange, SilentOnHealthyTwin) { toy::expect_silent(toy::standard(), toy::standard().document()); }

TEST(ValueRange, FixRestores) { toy::expect_restores(toy::standard(), broken()); }

}  // namespace
}  // namespace whyzero::rules
