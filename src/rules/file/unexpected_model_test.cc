// F004 unexpected-model: another file than the app expects, and a file that is only newer.
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/sha256.h"
#include "graph/builder.h"
#include "graph/test_support.h"
#include "support/toy_app.h"
#include "trace/npz.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

const std::string kOther(64, 'a');

std::string hash_of_the_toy() { return sha256(*read_file(toy::standard().folder() / "model.tflite")); }

/// A model that guesses: right in one of six.
json guessing(json expect) {
  graph::ModelBuilder b;
  const int x = b.input("image", DType::kFloat32, {1, 8, 8, 3});
  std::vector<float> weights(6 * 192);
  for (size_t i = 0; i < weights.size(); ++i) weights[i] = 0.3f * static_cast<float>(i * i % 13) - 1.7f;
  const int w = b.constant<float>("w", {6, 192}, weights), bias = b.constant<float>("bias", {6}, {0.5f, 0, 1, 0, 0, 0}), y = b.tensor("y", DType::kFloat32, {1, 6});
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, w, bias}, {y}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
  b.output(y);
  json document = toy::standard().with_model("other.tflite", b.bytes());
  document["expect"] = std::move(expect);
  return document;
}

/// Answers recorded on the desk, `classes` numbers a sample.
std::string desk(const std::string& name, int64_t classes) {
  trace::Array array;
  array.shape = {2, classes};
  array.data.resize(static_cast<size_t>(2 * classes) * 4);
  EXPECT_TRUE(trace::write_npz(toy::standard().folder() / name, {{"dense/logits", array}}));
  return name;
}

TEST(UnexpectedModel, Fires) {
  const diagnosis::Diagnosis& diagnosis = toy::standard().diagnose(guessing({{"sha256", kOther}, {"top1", 0.96}}));
  EXPECT_EQ(toy::loud_codes(diagnosis), "F004");
  EXPECT_EQ(diagnosis.findings[0].severity, evidence::Severity::kError);
  EXPECT_EQ(toy::loud_codes(toy::standard().diagnose(toy::standard().with("/expect", {{"model_outputs", desk("ten.npz", 10)}}))), "F004");
}

TEST(UnexpectedModel, SilentOnHealthyTwin) {
  toy::expect_silent(toy::standard(), toy::standard().with("/expect", {{"sha256", hash_of_the_toy()}, {"top1", 0.96}}));
  toy::expect_silent(toy::standard(), toy::standard().with("/expect", {{"model_outputs", desk("six.npz", 6)}}));
  toy::expect_silent(toy::standard(), toy::standard().with("/expect", {{"top1", 0.96}}));
  const json updated = toy::standard().with("/expect", {{"sha256", kOther}, {"top1", 0.9}});
  EXPECT_EQ(toy::loud_codes(toy::standard().diagnose(updated)), "") << "it does as well as expected";
  EXPECT_NE(toy::find(toy::standard().diagnose(updated), "F004"), nullptr) << "a note";
}

TEST(UnexpectedModel, FixRestores) {  // there is no patch: the right file is elsewhere
  const evidence::Finding& finding = toy::standard().diagnose(guessing({{"sha256", kOther}, {"top1", 0.96}})).findings.at(0);
  EXPECT_TRUE(graph::contains(finding.message, "aaaaaaaaaaaa"));
  EXPECT_EQ(finding.where.pointer, "/expect/sha256");
  EXPECT_FALSE(finding.fix);
}

}  // namespace
}  // namespace whyzero::rules
