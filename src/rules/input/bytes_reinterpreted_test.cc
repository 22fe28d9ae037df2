// P006 bytes-reinterpreted: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

json broken() { return toy::standard().with_pipeline(json::array({toy::resize(), {{"reinterpret", "float32"}}})); }

TEST(BytesReinterpreted, Fires) { toy::expect_fires(toy::standard(), broken(), "P006"); }

TEST(BytesReinterpreted, SilentOnHealthyTwin) { toy::expect_silent(toy::standard(), toy::standard().document()); }

TEST(BytesReinterpreted, FixRestores) { toy::expect_restores(toy::standard(), broken()); }

TEST(BytesReinterpreted, TheBytesProveItWithoutTruth) {
  toy::expect_proven_by_bytes(toy::standard(), broken(), "P006");
}

}  // namespace
}  // namespace whyzero::rules
