// P005 int8-uint8-offset: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include <algorithm>

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

TEST(Int8Uint8Offset, ARangeThatQuantizesToTheBytesIsTheSameMend) {
  const toy::App bytes({.pipeline = json::array({toy::resize()}), .dtype = DType::kUInt8, .scale = 1 / 127.5f, .zero_point = 128});
  const json broken = bytes.with_pipeline({toy::resize(), toy::normalize(1, -128), {{"cast", "int8"}}, {{"reinterpret", "uint8"}}});
  const evidence::Finding* finding = toy::find(bytes.diagnose(broken), "P005");
  ASSERT_NE(finding, nullptr) << toy::loud_codes(bytes.diagnose(broken));
  EXPECT_EQ(std::count(finding->alternatives.begin(), finding->alternatives.end(), "P002"), 0);
}

}  // namespace
}  // namespace whyzero::rules
