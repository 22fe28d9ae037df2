// M007 training-mode-graph: dropout in the toy's model, batch statistics of a convolution, and what only looks like them.
#include <gtest/gtest.h>

#include "base/file.h"
#include "diagnosis/diagnose.h"
#include "fix/hand_over.h"
#include "graph/builder.h"
#include "graph/layers.h"
#include "graph/test_support.h"
#include "rules/common/training.h"
#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

struct Linear {
  std::vector<float> weights, bias;
};

Linear toy_layer() {
  const auto reading = graph::read_tflite(toy::standard().folder() / "model.tflite");
  const graph::Subgraph& graph = reading->model->main();
  const graph::Layer layer = graph::layers(graph).at(0);
  return {*graph::constant_values(graph, layer.kernel), *graph::constant_values(graph, layer.bias)};
}

/// The toy's model with dropout of its input, as Keras writes it.
std::vector<uint8_t> with_dropout(float rate, bool sized = false) {
  const Linear linear = toy_layer();
  graph::ModelBuilder b;
  const int x = b.input("image", DType::kFloat32, {1, 8, 8, 3});
  const int shape = sized ? b.tensor("size", DType::kInt32, {4}) : b.constant<int32_t>("shape", {4}, {1, 8, 8, 3});
  if (sized) b.node(schema::BuiltinOperator_SHAPE, {x}, {shape}, [](auto& f) { return schema::CreateShapeOptions(f, schema::TensorType_INT32); });
  const int random = b.tensor("random", DType::kFloat32, {1, 8, 8, 3}), mask = b.tensor("mask", DType::kBool, {1, 8, 8, 3});
  const int scaled = b.tensor("scaled", DType::kFloat32, {1, 8, 8, 3}), dropped = b.tensor("dropped", DType::kFloat32, {1, 8, 8, 3});
  b.node(schema::BuiltinOperator_RANDOM_UNIFORM, {shape}, {random}, [](auto& f) { return schema::CreateRandomOptions(f, 3, 5); });
  b.node(schema::BuiltinOperator_GREATER_EQUAL, {random, b.constant<float>("rate", {}, {rate})}, {mask});
  b.node(schema::BuiltinOperator_MUL, {x, b.constant<float>("scale", {}, {1 / (1 - rate)})}, {scaled}, [](auto& f) { return schema::CreateMulOptions(f); });
  b.node(schema::BuiltinOperator_SELECT_V2, {mask, scaled, b.constant<float>("zero", {}, {0})}, {dropped}, [](auto& f) { return schema::CreateSelectV2Options(f); });
  const int w = b.constant<float>("dense/kernel", {6, 192}, linear.weights), bias = b.constant<float>("dense/bias", {6}, linear.bias), y = b.tensor("y", DType::kFloat32, {1, 6});
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {dropped, w, bias}, {y}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
  b.output(y);
  return b.bytes();
}

/// (x - mean) · rsqrt(variance + epsilon) over these axes of a picture.
std::shared_ptr<const graph::Model> normalizing(const std::vector<int32_t>& axes, std::vector<int32_t> reduced) {
  graph::ModelBuilder b;
  const std::vector<int32_t> shape = {1, 8, 8, 3};
  const int x = b.input("image", DType::kFloat32, shape), over = b.constant<int32_t>("axes", {static_cast<int32_t>(axes.size())}, axes);
  const int mean = b.tensor("mean", DType::kFloat32, reduced), squares = b.tensor("squares", DType::kFloat32, shape), variance = b.tensor("variance", DType::kFloat32, reduced);
  const int sum = b.tensor("sum", DType::kFloat32, reduced), root = b.tensor("root", DType::kFloat32, reduced), y = b.tensor("y", DType::kFloat32, shape);
  const auto keep = [](auto& f) { return schema::CreateReducerOptions(f, true); };
  b.node(schema::BuiltinOperator_MEAN, {x, over}, {mean}, keep);
  b.node(schema::BuiltinOperator_SQUARED_DIFFERENCE, {x, mean}, {squares});
  b.node(schema::BuiltinOperator_MEAN, {squares, over}, {variance}, keep);
  b.node(schema::BuiltinOperator_ADD, {variance, b.constant<float>("epsilon", {}, {0.001f})}, {sum}, [](auto& f) { return schema::CreateAddOptions(f); });
  b.node(schema::BuiltinOperator_RSQRT, {sum}, {root});
  b.node(schema::BuiltinOperator_MUL, {x, root}, {y}, [](auto& f) { return schema::CreateMulOptions(f); });
  b.output(y);
  return b.build();
}

const diagnosis::Diagnosis& diagnosis_of_dropout() {
  static const json document = toy::standard().with_model("dropout.tflite", with_dropout(0.9f));
  return toy::standard().diagnose(document);
}

TEST(TrainingModeGraph, Fires) {
  EXPECT_EQ(toy::loud_codes(diagnosis_of_dropout()), "M007");
  const auto model = normalizing({0, 1, 2}, {1, 1, 1, 3});
  ASSERT_TRUE(model);
  EXPECT_EQ(batch_statistics(model->main()), std::vector<int>{2});
  EXPECT_EQ(toy::loud_codes(toy::diagnose_model(*model->bytes)), "M007");
}

TEST(TrainingModeGraph, SilentOnHealthyTwin) {
  toy::expect_silent(toy::standard(), toy::standard().document());
  EXPECT_EQ(toy::loud_codes(toy::diagnose_model(*normalizing({1, 2}, {1, 1, 1, 3})->bytes)), "") << "instance normalization";
  EXPECT_EQ(toy::loud_codes(toy::diagnose_model(*normalizing({3}, {1, 8, 8, 1})->bytes)), "") << "layer normalization";
}

TEST(TrainingModeGraph, FixRestores) {
  const diagnosis::Diagnosis& diagnosis = diagnosis_of_dropout();
  ASSERT_FALSE(diagnosis.findings.empty());
  const evidence::Finding& finding = diagnosis.findings.front();
  ASSERT_TRUE(finding.fix && finding.fix->model);
  EXPECT_TRUE(finding.fix->verified) << finding.fix->rejected_by;
  EXPECT_EQ(finding.code, "M007");
  const json mended = toy::standard().with_model("mended.tflite", *finding.fix->model);
  EXPECT_DOUBLE_EQ(*toy::standard().value(mended), *toy::standard().value(toy::standard().document())) << "dropout is a copy at inference";
  EXPECT_EQ(toy::loud_codes(toy::standard().diagnose(mended)), "");
}

TEST(TrainingModeGraph, WhatIsHandedOverIsHealthy) {
  diagnosis::Diagnosis found = diagnosis_of_dropout();
  const toy::Folder folder;
  const fix::HandOver what{found.mended, found.findings, found.base, found.model};
  const auto written = fix::hand_over(what, folder.path(), true);
  ASSERT_TRUE(written && written->size() == 2u);
  const auto again = diagnosis::diagnose_app(written->back(), {.threads = 2});
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(again->verdict, diagnosis::Verdict::kHealthy) << toy::loud_codes(*again);
  EXPECT_TRUE(again->mended.is_null());
}

TEST(TrainingModeGraph, DrawsAsManyNumbersAsTheSignalHas) {
  const json document = toy::standard().with_model("sized.tflite", with_dropout(0.9f, true));
  EXPECT_EQ(toy::loud_codes(toy::standard().diagnose(document)), "M007");
}

}  // namespace
}  // namespace whyzero::rules
