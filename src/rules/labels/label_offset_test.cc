// L001 label-offset: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

json broken() { return toy::standard().with("/output/label_offset", 1); }

TEST(LabelOffset, Fires) { toy::expect_fires(toy::standard(), broken(), "L001"); }

TEST(LabelOffset, SilentOnHealthyTwin) { toy::expect_silent(toy::standard(), toy::standard().document()); }

TEST(LabelOffset, FixRestores) { toy::expect_restores(toy::standard(), broken()); }

}  // namespace
}  // namespace whyzero::rules
