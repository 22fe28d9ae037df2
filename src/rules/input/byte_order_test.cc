// P020 byte-order: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

json broken() { return toy::standard().with_pipeline(json::array({toy::resize(), toy::normalize(), {{"byte_order", "big"}}})); }

TEST(ByteOrder, Fires) { toy::expect_fires(toy::standard(), broken(), "P020"); }

TEST(ByteOrder, SilentOnHealthyTwin) { toy::expect_silent(toy::standard(), toy::standard().document()); }

TEST(ByteOrder, FixRestores) { toy::expect_restores(toy::standard(), broken()); }

TEST(ByteOrder, TheBytesProveItWithoutTruth) {
  toy::expect_proven_by_bytes(toy::standard(), broken(), "P020");
}

}  // namespace
}  // namespace whyzero::rules
