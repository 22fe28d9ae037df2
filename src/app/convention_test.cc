// Hints of small graphs that begin as published networks do, and of the real models of ../shared.
#include "app/convention.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "graph/builder.h"
#include "graph/tflite_reader.h"

namespace whyzero::app {
namespace {

using graph::ModelBuilder;

/// A convolution on a picture, its output's number of channels in the shape only.
int convolution(ModelBuilder& b, int from, int out, int in, int kernel, int stride, schema::Padding padding = schema::Padding_SAME) {
  const int weights = b.constant<float>("w", {out, kernel, kernel, in}, std::vector<float>(size_t(out * kernel * kernel * in)));
  const int bias = b.constant<float>("b", {out}, std::vector<float>(size_t(out)));
  const int to = b.tensor("conv", DType::kFloat32, {1, 8, 8, out});
  b.node(schema::BuiltinOperator_CONV_2D, {from, weights, bias}, {to},
         [=](auto& f) { return schema::CreateConv2DOptions(f, padding, stride, stride); });
  return to;
}

int arithmetic(ModelBuilder& b, schema::BuiltinOperator op, int from, const std::vector<float>& numbers, bool constant_first = false) {
  const int constant = b.constant<float>("c", {static_cast<int32_t>(numbers.size())}, numbers);
  const int to = b.tensor("t", DType::kFloat32, {1, 16, 16, 3});
  b.node(op, constant_first ? std::vector<int>{constant, from} : std::vector<int>{from, constant}, {to});
  return to;
}

std::string strongest(const ModelBuilder& b) {
  const auto model = b.build();
  if (!model) return "broken";
  const auto hints = input_conventions(*model, 0);
  return hints.empty() ? "none" : hints[0].text;
}

TEST(Convention, RescalingInsideIsComposed) {
  ModelBuilder b;
  int x = b.input("x", DType::kFloat32, {1, 16, 16, 3});
  x = arithmetic(b, schema::BuiltinOperator_MUL, x, {1 / 127.5f});
  x = arithmetic(b, schema::BuiltinOperator_ADD, x, {-1, -1, -1});
  b.output(convolution(b, x, 4, 3, 3, 2));
  const auto model = b.build();
  ASSERT_TRUE(model);
  const auto rescaling = embedded_rescaling(*model, 0);
  ASSERT_TRUE(rescaling);
  ASSERT_EQ(rescaling->scale.size(), 3u);
  EXPECT_NEAR(rescaling->scale[2], 1 / 127.5, 1e-9);
  EXPECT_NEAR(rescaling->offset[0], -1, 1e-9);
  EXPECT_EQ(rescaling->last_node, 1);
  const auto hints = input_conventions(*model, 0);
  ASSERT_EQ(hints.size(), 1u);
  EXPECT_EQ(hints[0].text, "0…255 as they are");
  EXPECT_NE(hints[0].reason.find("node #0 to #1"), std::string::npos) << hints[0].reason;
  EXPECT_FALSE(hints[0].declared);
}

TEST(Convention, ColumnsOfATableHaveTheirOwnNumbers) {
  ModelBuilder b;
  const std::vector<float> means = {1, 2, 3, 4, 5, -6};
  b.output(arithmetic(b, schema::BuiltinOperator_SUB, b.input("x", DType::kFloat32, {1, 6}), means));
  const auto model = b.build();
  ASSERT_TRUE(model);
  const auto rescaling = embedded_rescaling(*model, 0);
  ASSERT_TRUE(rescaling);
  EXPECT_EQ(rescaling->offset, (std::vector<double>{-1, -2, -3, -4, -5, 6}));
  EXPECT_EQ(in_words(*rescaling), "x * 1 - 1");
}

TEST(Convention, WhatGoesSeveralWaysIsNotRescaled) {
  ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1, 16, 16, 3});
  const int scaled = arithmetic(b, schema::BuiltinOperator_MUL, x, {1 / 255.0f});
  b.output(convolution(b, scaled, 4, 3, 3, 2));
  b.output(convolution(b, x, 4, 3, 3, 2));
  const auto model = b.build();
  ASSERT_TRUE(model);
  EXPECT_FALSE(embedded_rescaling(*model, 0));
}

TEST(Convention, SubtractionAndDivisionKeepTheirSides) {
  ModelBuilder b;
  int x = b.input("x", DType::kFloat32, {1, 16, 16, 3});
  x = arithmetic(b, schema::BuiltinOperator_SUB, x, {1}, true);                  // 1 - x
  x = arithmetic(b, schema::BuiltinOperator_DIV, x, {0.5f, 0.25f, 0.125f});
  b.output(convolution(b, x, 4, 3, 3, 2));
  const auto model = b.build();
  ASSERT_TRUE(model);
  const auto rescaling = embedded_rescaling(*model, 0);
  ASSERT_TRUE(rescaling);
  EXPECT_EQ(rescaling->scale, (std::vector<double>{-2, -4, -8}));
  EXPECT_EQ(rescaling->offset, (std::vector<double>{2, 4, 8}));
  EXPECT_EQ(strongest(b), "0…1 (x/255)");
}

TEST(Convention, FamiliesAreKnownByTheirFirstLayers) {
  ModelBuilder mobile;
  int x = convolution(mobile, mobile.input("x", DType::kFloat32, {1, 16, 16, 3}), 8, 3, 3, 2);
  const int depthwise = mobile.tensor("d", DType::kFloat32, {1, 8, 8, 8});
  mobile.node(schema::BuiltinOperator_DEPTHWISE_CONV_2D,
              {x, mobile.constant<float>("w", {1, 3, 3, 8}, std::vector<float>(72)), mobile.constant<float>("b", {8}, std::vector<float>(8))},
              {depthwise}, [](auto& f) { return schema::CreateDepthwiseConv2DOptions(f, schema::Padding_SAME, 1, 1, 1); });
  mobile.output(depthwise);
  EXPECT_EQ(strongest(mobile), "-1…1 (x/127.5 - 1)");

  ModelBuilder resnet;
  x = convolution(resnet, resnet.input("x", DType::kFloat32, {1, 16, 16, 3}), 64, 3, 7, 2);
  const int pooled = resnet.tensor("p", DType::kFloat32, {1, 4, 4, 64});
  resnet.node(schema::BuiltinOperator_MAX_POOL_2D, {x}, {pooled},
              [](auto& f) { return schema::CreatePool2DOptions(f, schema::Padding_SAME, 2, 2, 3, 3); });
  resnet.output(pooled);
  EXPECT_EQ(strongest(resnet), "ImageNet mean taken away, BGR (Caffe)");

  ModelBuilder vgg;
  x = convolution(vgg, vgg.input("x", DType::kFloat32, {1, 8, 8, 3}), 64, 3, 3, 1);
  vgg.output(convolution(vgg, x, 64, 64, 3, 1));
  EXPECT_EQ(strongest(vgg), "ImageNet mean taken away, BGR (Caffe)");
}

TEST(Convention, SaysNothingWithoutAHint) {
  ModelBuilder b;
  b.output(convolution(b, b.input("x", DType::kFloat32, {1, 8, 8, 3}), 4, 3, 5, 1));
  EXPECT_EQ(strongest(b), "none");
  EXPECT_TRUE(input_conventions(*b.build(), 7).empty());
  ModelBuilder flat;
  const int x = flat.input("x", DType::kFloat32, {1, 8});
  const int y = flat.tensor("y", DType::kFloat32, {1, 8});
  flat.node(schema::BuiltinOperator_RELU, {x}, {y});
  flat.output(y);
  EXPECT_EQ(strongest(flat), "none");
}

TEST(ConventionShared, RealMobileNetsWantSignedUnits) {
  const std::filesystem::path models = std::filesystem::path(WHYZERO_SHARED_DATA) / "models";
  if (!std::filesystem::exists(models)) GTEST_SKIP() << "no shared data at " << models;
  for (const char* name : {"mobilenet_v1_0.25_224_float.tflite", "mobilenet_v1_0.25_224_float_metadata.tflite"}) {
    const auto reading = graph::read_tflite(models / name);
    ASSERT_TRUE(reading && reading->model) << name;
    const auto hints = input_conventions(*reading->model, 0);
    ASSERT_FALSE(hints.empty()) << name;
    const bool declared = std::string(name).find("metadata") != std::string::npos;
    EXPECT_EQ(hints[0].declared, declared) << hints[0].reason;
    EXPECT_EQ(hints[declared ? 1 : 0].text, "-1…1 (x/127.5 - 1)") << name;
  }
}

}  // namespace
}  // namespace whyzero::app
