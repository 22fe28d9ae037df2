// What the model file itself says: labels packed behind it and a range in its metadata lead, and no truth is made of them.
#include "rules/common/metadata.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/file.h"
#include "graph/builder.h"
#include "graph/tflite_reader.h"
#include "rules/common/picture.h"
#include "support/case.h"
#include "support/toy_app.h"
#include "support/toy_metadata.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;
using Labels = std::vector<std::string>;

const toy::App& app() { return toy::standard(); }

Labels labels() { return app().document()["output"]["labels"].get<Labels>(); }

std::vector<float> floats(const graph::Model& model, const std::string& name) {
  for (const graph::Tensor& tensor : model.main().tensors)
    if (tensor.name == name) return {reinterpret_cast<const float*>(tensor.data.data()), reinterpret_cast<const float*>(tensor.data.data() + tensor.data.size())};
  ADD_FAILURE() << name;
  return {};
}

/// The toy's model with metadata inside.
std::vector<uint8_t> model_with(const toy::App& app, const toy::MetadataOptions& options) {
  const graph::Reading reading = graph::read_tflite(std::make_shared<const std::vector<uint8_t>>(*read_file(app.folder() / "model.tflite")));
  const std::vector<float> weights = floats(*reading.model, "dense/kernel"), bias = floats(*reading.model, "dense/bias");
  const auto classes = static_cast<int32_t>(bias.size()), inputs = static_cast<int32_t>(weights.size()) / classes;
  graph::ModelBuilder b;
  const int x = b.input("image", DType::kFloat32, app.options().shape);
  const int w = b.constant<float>("dense/kernel", {classes, inputs}, weights), shift = b.constant<float>("dense/bias", {classes}, bias);
  const int logits = b.tensor("dense/logits", DType::kFloat32, {1, classes});
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, w, shift}, {logits}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
  b.output(logits);
  b.metadata("TFLITE_METADATA", toy::metadata_of(options));
  return b.bytes();
}

/// … and a zip behind it.
json with_metadata(const std::string& name, const toy::MetadataOptions& options, const Labels& packed) {
  return app().with_model(name, toy::with_zip(model_with(app(), options), {{"labels.txt", toy::lines_of(packed)}}));
}

json labelled(const std::string& name, const Labels& packed) { return with_metadata(name, {.mean = {127.5f}, .std = {127.5f}, .labels = "labels.txt"}, packed); }

json without_truth(json document) {
  document.erase("truth");
  return document;
}

TEST(MetadataRules, SilentWhereTheAppDoesWhatTheySay) {
  const json healthy = labelled("agrees.tflite", labels());
  toy::expect_silent(app(), healthy);
  EXPECT_EQ(toy::find(app().diagnose(healthy), "F004"), nullptr);
  EXPECT_EQ(toy::loud_codes(app().diagnose(without_truth(healthy))), "");
}

TEST(MetadataRules, PackedLabelsMendAnotherOrder) {
  json broken = labelled("order.tflite", labels());
  Labels other = labels();
  std::swap(other[0], other[3]);
  std::swap(other[1], other[4]);
  broken["output"]["labels"] = other;
  toy::expect_fires(app(), broken, "L002");
  EXPECT_EQ(toy::mended(broken, app().diagnose(broken))["output"]["labels"], json(labels()));
}

TEST(MetadataRules, PackedLabelsMendAnotherCount) {
  json broken = labelled("count.tflite", labels());
  Labels other = labels();
  other.erase(other.begin() + 2);
  broken["output"]["labels"] = other;
  toy::expect_fires(app(), broken, "L003");
  EXPECT_EQ(toy::mended(broken, app().diagnose(broken))["output"]["labels"], json(labels()));
}

TEST(MetadataRules, WithoutTruthTheContradictionIsAWarning) {
  json broken = labelled("unlabelled.tflite", labels());
  Labels turned = labels(), reversed = labels(), shorter = labels();
  std::rotate(turned.begin(), turned.begin() + 1, turned.end());
  std::reverse(reversed.begin(), reversed.end());
  shorter.pop_back();
  for (const auto& [list, code] : {std::pair(reversed, "L002"), std::pair(turned, "L001"), std::pair(shorter, "L003")}) {
    broken["output"]["labels"] = list;
    const auto* finding = toy::find(app().diagnose(without_truth(broken)), code);
    ASSERT_NE(finding, nullptr) << code << ": " << toy::loud_codes(app().diagnose(without_truth(broken)));
    EXPECT_EQ(finding->severity, evidence::Severity::kWarning);
    EXPECT_NE(finding->message.find("labels.txt"), std::string::npos) << finding->message;
  }
}

/// The samples speak against the file: the app is right, and the contradiction is a note.
TEST(MetadataRules, AreNoTruth) {
  Labels reversed = labels();
  std::reverse(reversed.begin(), reversed.end());
  const json healthy = with_metadata("lies.tflite", {.mean = {0}, .std = {255}, .labels = "labels.txt"}, reversed);
  EXPECT_EQ(toy::loud_codes(app().diagnose(healthy)), "");
  const auto& findings = app().diagnose(healthy).findings;
  EXPECT_EQ(std::count_if(findings.begin(), findings.end(), [](const auto& f) { return f.code == "F004"; }), 2) << "range and labels";
}

TEST(MetadataRules, ALabelFileOfAnotherModelIsANote) {
  const json healthy = labelled("foreign.tflite", {"one", "two"});
  EXPECT_EQ(toy::loud_codes(app().diagnose(healthy)), "");
  const auto* finding = toy::find(app().diagnose(healthy), "F004");
  ASSERT_NE(finding, nullptr);
  EXPECT_NE(finding->message.find("2 lines"), std::string::npos) << finding->message;
}

/// The first layers of VGG, which was published with blue first and the mean of ImageNet taken away.
TEST(MetadataRules, FirstLayersHintAtOrderAndRange) {
  graph::ModelBuilder b;
  const int x = b.input("image", DType::kFloat32, {1, 8, 8, 3});
  int last = x;
  for (int layer = 0, channels = 3; layer < 2; ++layer, channels = 64) {
    const std::string name = "conv" + std::to_string(layer);
    std::vector<float> weights(size_t(64 * 9 * channels));
    for (size_t i = 0; i < weights.size(); ++i) weights[i] = 0.01f * static_cast<float>(i * i % 17) - 0.08f;
    const int w = b.constant<float>(name + "/w", {64, 3, 3, channels}, weights), shift = b.constant<float>(name + "/b", {64}, std::vector<float>(64, 0.1f));
    const int y = b.tensor(name, DType::kFloat32, {1, 8, 8, 64});
    b.node(schema::BuiltinOperator_CONV_2D, {last, w, shift}, {y}, [](auto& f) { return schema::CreateConv2DOptions(f, schema::Padding_SAME, 1, 1, schema::ActivationFunctionType_RELU); });
    last = y;
  }
  std::vector<float> weights(6 * 8 * 8 * 64);
  for (size_t i = 0; i < weights.size(); ++i) weights[i] = 0.001f * static_cast<float>(i * i % 29) - 0.014f;
  const int w = b.constant<float>("w", {6, 8 * 8 * 64}, weights), shift = b.constant<float>("b", {6}, std::vector<float>(6, 0.0f)), y = b.tensor("y", DType::kFloat32, {1, 6});
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {last, w, shift}, {y}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
  b.output(y);
  const auto a_case = toy::case_of(app().with_model("vgg.tflite", b.bytes()), app().folder().path());
  const auto find = [](const std::vector<Change>& changes, const std::string& text) {
    const auto it = std::find_if(changes.begin(), changes.end(), [&](const Change& c) { return c.text.find(text) != std::string::npos; });
    EXPECT_NE(it, changes.end()) << text;
    return it == changes.end() ? Change{} : *it;
  };
  const Change bgr = find(channel_changes(*a_case, 0), "BGR"), caffe = find(range_changes(*a_case, 0), "BGR (Caffe)");
  EXPECT_TRUE(bgr.declared);
  EXPECT_GE(bgr.prior, 1);
  EXPECT_TRUE(caffe.declared);
  const auto plain = toy::case_of(app().document(), app().folder().path());
  EXPECT_FALSE(find(channel_changes(*plain, 0), "BGR").declared) << "a model that hints at nothing";
}

/// A range that no list of ours has.
TEST(MetadataRules, TheirRangeIsAHypothesis) {
  const toy::App odd({.pipeline = json::array({toy::resize(), {{"normalize", {{"mean", 90}, {"std", 30}}}}})});
  const json healthy = odd.with_model("odd.tflite", model_with(odd, {.mean = {90}, .std = {30}}));
  toy::expect_silent(odd, healthy);
  json broken = healthy;
  broken["input"]["pipeline"][1] = toy::normalize(-1 / 127.5, 1);
  toy::expect_fires(odd, broken, "P002");
  toy::expect_restores(odd, broken);
  EXPECT_NE(toy::mended(broken, odd.diagnose(broken)).dump().find("90"), std::string::npos);
}

}  // namespace
}  // namespace whyzero::rules
