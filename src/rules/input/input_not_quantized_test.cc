// P004 input-not-quantized: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

const toy::App& app() {
  static const toy::App app(
      {.pipeline = json::array({toy::resize(), toy::normalize(), {{"quantize", "affine"}}}), .dtype = DType::kInt8, .scale = 2 / 255.0f, .zero_point = -1});
  return app;
}

json broken() { return app().with_pipeline(json::array({toy::resize(), toy::normalize(), {{"cast", "int8"}}})); }

TEST(InputNotQuantized, Fires) { toy::expect_fires(app(), broken(), "P004"); }

TEST(InputNotQuantized, SilentOnHealthyTwin) { toy::expect_silent(app(), app().document()); }

TEST(InputNotQuantized, FixRestores) { toy::expect_restores(app(), broken()); }

TEST(InputNotQuantized, TheBytesProveItWithoutTruth) {
  toy::expect_proven_by_bytes(app(), broken(), "P004");
}

}  // namespace
}  // namespace whyzero::rules
