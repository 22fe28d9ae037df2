// Which code stands for which change. That the code is right is seen where it is run: tests/cli/snippets_test.py.
#include "fix/snippet.h"

#include <gtest/gtest.h>

#include "fix/snippet_parts.h"
#include "graph/test_support.h"

namespace whyzero::fix {
namespace {

using graph::contains;
using nlohmann::json;

app::Binding binding(DType dtype = DType::kFloat32) {
  app::Binding b;
  b.input_of = {0};
  b.tensors = {{"image", 0, dtype, {1, 8, 6, 3}, 0.5f, 3}};
  b.output_tensor = {"y", 1, DType::kFloat32, {1, 4}, 0, 0};
  return b;
}

json app_with(json pipeline, json output = {{"labels", json::array({"a", "b", "c", "d"})}}) {
  return {{"input", {{"images", "photos"}, {"pipeline", std::move(pipeline)}}}, {"output", std::move(output)}};
}

const json kResize = {{"resize", {{"width", 6}, {"height", 8}, {"method", "bilinear"}, {"library", "pillow"}}}};
const json kSigned = {{"normalize", {{"scale", 1 / 127.5}, {"offset", -1.0}}}};

std::string code(const json& before, const json& after, const char* language, DType dtype = DType::kFloat32) {
  return snippets(before, after, binding(dtype)).value(language, "");
}

TEST(Snippets, ColoursAreExchangedWhereTheStepWas) {
  const json before = app_with({kResize, {{"channels", "bgr"}}, kSigned}), after = app_with({kResize, kSigned});
  EXPECT_TRUE(contains(code(before, after, "python"), "x = x[..., ::-1]  # BGR to RGB"));
  EXPECT_TRUE(contains(code(after, before, "python"), "# RGB to BGR"));
  EXPECT_TRUE(contains(code(before, after, "kotlin"), "intArrayOf(16, 8, 0)"));
  EXPECT_TRUE(contains(code(after, before, "cpp"), "channel[] = {2, 1, 0}"));
}

TEST(Snippets, NumbersAsPeopleWriteThem) {
  const json before = app_with({kResize, {{"cast", "float32"}}});
  EXPECT_EQ(code(before, app_with({kResize, kSigned}), "python"), "# in place of {\"cast\":\"float32\"}\nx = x.astype(np.float32) / 127.5 - 1.0");
  EXPECT_TRUE(contains(code(before, app_with({kResize, kSigned}), "cpp"), "v = v / 127.5f - 1.0f;"));
  const json per_channel = {{"normalize", {{"mean", {1.0, 2.5, 3.0}}, {"std", {4.0, 5.0, 6.0}}}}};
  EXPECT_TRUE(contains(code(before, app_with({kResize, per_channel}), "python"), "(x.astype(np.float32) - np.array([1.0, 2.5, 3.0], np.float32)) / np.array([4.0"));
  const std::string kotlin = code(before, app_with({kResize, per_channel}), "kotlin");
  EXPECT_TRUE(contains(kotlin, "val values0 = floatArrayOf(1.0f, 2.5f, 3.0f)\nval values1"));
  EXPECT_TRUE(contains(kotlin, "v = (v - values0[c]) / values1[c]"));
}

TEST(Snippets, TheTensorDecidesHowNumbersAreStored) {
  const json before = app_with({kResize, kSigned, {{"cast", "uint8"}}}), after = app_with({kResize, kSigned, {{"quantize", "affine"}}});
  EXPECT_TRUE(contains(code(before, after, "cpp", DType::kUInt8), "typed_input_tensor<uint8_t>"));
  EXPECT_TRUE(contains(code(before, after, "kotlin", DType::kUInt8), "coerceIn(0, 255)"));
  EXPECT_TRUE(contains(code(before, after, "kotlin", DType::kInt8), "coerceIn(-128, 127)"));
  EXPECT_EQ(code(before, after, "cpp", DType::kInt64), "");
}

TEST(Snippets, ChannelsFirst) {
  const json before = app_with({kResize, kSigned}), after = app_with({kResize, kSigned, {{"layout", "nchw"}}});
  app::Binding b = binding();
  b.tensors[0].shape = {1, 3, 8, 6};
  const json all = snippets(before, after, b);
  EXPECT_TRUE(contains(all["python"].get<std::string>(), "np.transpose(x, (2, 0, 1))"));
  EXPECT_TRUE(contains(all["cpp"].get<std::string>(), "input[c * 48 + p]"));
  EXPECT_TRUE(contains(all["kotlin"].get<std::string>(), "for (c in 0 until 3) for (p in pixels)"));
}

TEST(Snippets, LabelsAndTheReadingOfTheAnswer) {
  const json steps = json::array({kResize, kSigned});
  const json shifted = app_with(steps, {{"labels", json::array({"a", "b", "c", "d"})}, {"label_offset", 1}}), right = app_with(steps);
  EXPECT_TRUE(contains(code(shifted, right, "python"), "label = labels[int(np.argmax(y))]"));
  EXPECT_TRUE(contains(code(right, shifted, "python"), "np.argmax(y)) + 1]"));
  EXPECT_TRUE(contains(code(right, app_with(steps, {{"labels", json::array({"b", "a", "c", "d"})}}), "kotlin"), "listOf(\"b\",\"a\",\"c\",\"d\")"));
  EXPECT_TRUE(contains(code(right, app_with(steps, {{"labels", right["output"]["labels"]}, {"decode", {{{"softmax", json::object()}}, {{"argmax", json::object()}}}}}), "cpp"), "std::exp(v - top)"));
}

TEST(Snippets, OfCapturedTensorsOnlyTheChangeItselfIsKnown) {
  const json before = {{"input", {{"tensors", "in.npy"}}}, {"output", json::object()}};
  json after = before;
  after["input"]["pipeline"] = json::array({{{"channels", "bgr"}}});
  const json all = snippets(before, after, binding());
  EXPECT_TRUE(all.contains("python"));
  EXPECT_FALSE(all.contains("kotlin")) << "how the photo became the tensor nobody has said";
}

TEST(Snippets, NoWordsForAStepNoCode) {
  EXPECT_TRUE(snippets(app_with({kResize}), app_with({kResize, {{"byte_order", "big"}}}), binding()).is_null());
  EXPECT_TRUE(snippets(app_with({kResize}), app_with({kResize}), binding()).is_null());
}

TEST(Snippets, EveryPatchOfADiagnosisGetsItsOwn) {
  const json document = app_with({kResize, {{"channels", "bgr"}}, {{"cast", "float32"}}});
  std::vector<evidence::Finding> findings(3);
  for (evidence::Finding& finding : findings) finding.fix = evidence::Fix{};
  findings[0].fix->patch = json::array({{{"op", "remove"}, {"path", "/input/pipeline/1"}}});
  findings[1].fix->patch = json::array({{{"op", "replace"}, {"path", "/input/pipeline/1"}, {"value", kSigned}}});
  findings[2].fix->code = {{"python", "own"}};
  add_snippets(document, [](const json&) { return std::optional(binding()); }, findings);
  EXPECT_TRUE(contains(findings[0].fix->code["python"].get<std::string>(), "BGR to RGB"));
  EXPECT_TRUE(contains(findings[1].fix->code["python"].get<std::string>(), "/ 127.5")) << "the second presumes the first";
  EXPECT_EQ(findings[2].fix->code["python"], "own");
}

}  // namespace
}  // namespace whyzero::fix
