// Layers and their weights as real numbers, however the file stores them.
#include "graph/layers.h"

#include <gtest/gtest.h>

#include "graph/builder.h"
#include "graph/test_support.h"

namespace whyzero::graph {
namespace {

TEST(Layers, FansAreThoseOfInitializers) {
  ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1, 4, 4, 3});
  const int k = b.constant<float>("conv/kernel", {5, 2, 2, 3}, std::vector<float>(60, 1)), bias = b.constant<float>("conv/bias", {5}, std::vector<float>(5));
  const int d = b.constant<float>("depthwise/kernel", {1, 2, 2, 5}, std::vector<float>(20, 1));
  const int y = b.tensor("y", DType::kFloat32, {1, 4, 4, 5}), z = b.tensor("z", DType::kFloat32, {1, 4, 4, 5});
  b.node(schema::BuiltinOperator_CONV_2D, {x, k, bias}, {y}, [](auto& f) { return schema::CreateConv2DOptions(f); });
  b.node(schema::BuiltinOperator_DEPTHWISE_CONV_2D, {y, d}, {z}, [](auto& f) { return schema::CreateDepthwiseConv2DOptions(f); });
  b.output(z);
  const auto model = b.build();
  ASSERT_TRUE(model);
  const std::vector<Layer> found = layers(model->main());
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].fan_in, 12);
  EXPECT_EQ(found[0].fan_out, 20);
  EXPECT_EQ(found[0].bias, bias);
  EXPECT_EQ(found[0].units, 5);
  EXPECT_EQ(found[1].fan_in, 20);
  EXPECT_EQ(found[1].fan_out, 4);
  EXPECT_EQ(found[1].bias, -1);
  EXPECT_TRUE(found[1].units_last);
}

TEST(Layers, ConstantsAsRealNumbers) {
  ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1, 2});
  const int channels = b.constant<int8_t>("int8", {2, 2}, {1, -2, 3, 4}, per_channel({0.5f, 2}, 0));
  const int offset = b.constant<uint8_t>("uint8", {2}, {130, 126}, quantized(0.25f, 128));
  const int half = b.constant_bytes("half", DType::kFloat16, {2, 2}, {0x00, 0x3c, 0x00, 0xc0, 0x00, 0x38, 0x00, 0x00});
  const int real = b.tensor("real", DType::kFloat32, {2, 2}), y = b.tensor("y", DType::kFloat32, {1, 2});
  b.node(schema::BuiltinOperator_DEQUANTIZE, {half}, {real}, [](auto& f) { return schema::CreateDequantizeOptions(f); });
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, real}, {y}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
  b.output(y);
  const auto model = b.build();
  ASSERT_TRUE(model);
  EXPECT_EQ(constant_values(model->main(), channels), (std::vector<float>{0.5f, -1, 6, 8}));
  EXPECT_EQ(constant_values(model->main(), offset), (std::vector<float>{0.5f, -0.5f}));
  EXPECT_EQ(constant_values(model->main(), real), (std::vector<float>{1, -2, 0.5f, 0})) << "through DEQUANTIZE";
  EXPECT_EQ(constant_values(model->main(), x), std::nullopt);
  EXPECT_EQ(layers(model->main()).size(), 1u);
}

}  // namespace
}  // namespace whyzero::graph
