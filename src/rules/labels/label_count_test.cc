// L003 label-count: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

json broken() { return toy::standard().with("/output/labels", json({"", "a-thing", "b-thing", "c-thing", "d-thing", "e-thing", "f-thing"})); }

TEST(LabelCount, Fires) { toy::expect_fires(toy::standard(), broken(), "L003"); }

TEST(LabelCount, SilentOnHealthyTwin) { toy::expect_silent(toy::standard(), toy::standard().document()); }

TEST(LabelCount, FixRestores) { toy::expect_restores(toy::standard(), broken()); }

}  // namespace
}  // namespace whyzero::rules
