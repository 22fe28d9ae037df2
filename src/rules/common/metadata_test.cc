// What the model file itself says: labels packed behind it and a range in its metadata lead, and no truth is made of them.
#include "rules/common/metadata.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/file.h"
#include "graph/builder.h"
#include "graph/tflite_reader.h"
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
