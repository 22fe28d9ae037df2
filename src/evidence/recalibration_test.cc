// Fresh batch statistics bring a model back whose convolutions have lost their scale, and leave other faults alone.
#include "evidence/recalibration.h"

#include <gtest/gtest.h>

#include "graph/builder.h"
#include "graph/layers.h"
#include "graph/test_support.h"
#include "support/case.h"
#include "support/toy_app.h"

namespace whyzero::evidence {
namespace {

using nlohmann::json;

/// The toy's model behind three convolutions of one pixel that only scale each channel.
std::vector<uint8_t> behind_convolutions(const std::vector<float>& scales) {
  const auto reading = graph::read_tflite(toy::standard().folder() / "model.tflite");
  const graph::Subgraph& of_toy = reading->model->main();
  const graph::Layer layer = graph::layers(of_toy).at(0);
  graph::ModelBuilder b;
  int x = b.input("image", DType::kFloat32, {1, 8, 8, 3});
  for (float s : scales) {
    const int kernel = b.constant<float>("conv/kernel", {3, 1, 1, 3}, {s, 0, 0, 0, s, 0, 0, 0, s}), bias = b.constant<float>("conv/bias", {3}, {0, 0, 0});
    const int y = b.tensor("conv", DType::kFloat32, {1, 8, 8, 3});
    b.node(schema::BuiltinOperator_CONV_2D, {x, kernel, bias}, {y},
           [](auto& f) { return schema::CreateConv2DOptions(f, schema::Padding_SAME, 1, 1, schema::ActivationFunctionType_NONE); });
    x = y;
  }
  const int w = b.constant<float>("dense/kernel", {6, 192}, *graph::constant_values(of_toy, layer.kernel));
  const int bias = b.constant<float>("dense/bias", {6}, *graph::constant_values(of_toy, layer.bias)), y = b.tensor("y", DType::kFloat32, {1, 6});
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, w, bias}, {y}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
  b.output(y);
  return b.bytes();
}

std::optional<Recalibration> recalibrated(const json& document) {
  const auto a_case = toy::case_of(document, toy::standard().folder().path());
  return recalibrate(*a_case);
}

TEST(Recalibration, BringsBackLostScales) {
  const auto result = recalibrated(toy::standard().with_model("faded.tflite", behind_convolutions({1, 0.05f, 0.05f})));
  ASSERT_TRUE(result);
  EXPECT_LT(result->before, 0.4);
  EXPECT_GT(result->after, 0.8);
  EXPECT_EQ(result->node, 2);
  EXPECT_NEAR(result->fading, 0.0025, 1e-4);
  const json mended = toy::standard().with_model("recalibrated.tflite", *result->model);
  EXPECT_DOUBLE_EQ(toy::standard().value(mended).value_or(0), result->after);
}

TEST(Recalibration, LeavesOtherFaultsAlone) {
  const json healthy = toy::standard().with_model("scaled.tflite", behind_convolutions({1, 1, 1}));
  EXPECT_GT(toy::standard().value(healthy).value_or(0), 0.8);
  EXPECT_FALSE(recalibrated(healthy));
  json twice = healthy;
  twice["input"]["pipeline"].push_back(toy::normalize());
  EXPECT_LT(toy::standard().value(twice).value_or(1), 0.4);
  EXPECT_FALSE(recalibrated(twice)) << "the input's range is felt by all layers alike";
}

}  // namespace
}  // namespace whyzero::evidence
