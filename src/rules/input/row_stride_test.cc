// P012 row-stride: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

json broken() { return toy::standard().with_pipeline(json::array({toy::resize(), {{"stride_bug", {{"row_bytes", 32}}}}, toy::normalize()})); }

TEST(RowStride, Fires) { toy::expect_fires(toy::standard(), broken(), "P012"); }

TEST(RowStride, SilentOnHealthyTwin) { toy::expect_silent(toy::standard(), toy::standard().document()); }

TEST(RowStride, FixRestores) { toy::expect_restores(toy::standard(), broken()); }

}  // namespace
}  // namespace whyzero::rules
