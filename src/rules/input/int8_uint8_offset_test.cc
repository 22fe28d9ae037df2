// P005 int8-uint8-offset: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include <string>

#include "rules/common/picture.h"
#include "support/case.h"
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
  const auto a_case = toy::case_of(broken, bytes.folder().path());
  const json quantized = json::array({toy::resize(), toy::normalize(), {{"quantize", "affine"}}}), other = json::array({toy::resize(), toy::normalize(1 / 255.0, 0), {{"quantize", "affine"}}});
  std::string code_of_bytes, code_of_other;
  for (const Change& change : range_changes(*a_case, 0)) {
    const auto pipeline = change.edit(broken["input"]["pipeline"]);
    if (pipeline == quantized) code_of_bytes = change.code;
    if (pipeline == other) code_of_other = change.code;
  }
  EXPECT_EQ(code_of_bytes, "P005");
  EXPECT_EQ(code_of_other, "P002");
}

}  // namespace
}  // namespace whyzero::rules
