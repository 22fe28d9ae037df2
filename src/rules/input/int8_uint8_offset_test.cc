// P005 int8-uint8-offset: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

const toy::App& app() {
  static const toy::App app({.pipeline = json::array({toy::resize(), toy::normalize(1, -128), {{"cast", "int8"}}}), .dtype = DType::kInt8, .scale = 2 / 255.0f, .zero_point = -1});
  return app;
}

json broken() { return app().with_pipeline(json::array({toy::resize(), {{"reinterpret", "int8"}}})); }

TEST(Int8Uint8Offset, Fires) { toy::expect_fires(app(), broken(), "P005"); }

TEST(Int8Uint8Offset, SilentOnHealthyTwin) { toy::expect_silent(app(), app().document()); }

TEST(Int8Uint8Offset, FixRestores) { toy::expect_restores(app(), broken()); }

TEST(Int8Uint8Offset, TheBytesProveItWithoutTruth) {
  toy::expect_proven_by_bytes(app(), broken(), "P005");
}

}  // namespace
}  // namespace whyzero::rules
