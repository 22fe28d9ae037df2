// One node as a model of its own: same options, constants and results as inside.
#include "graph/extract_node.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "graph/builder.h"
#include "graph/macs.h"
#include "graph/options.h"
#include "graph/test_support.h"
#include "trace/run_model.h"

namespace whyzero::graph {
namespace {

std::shared_ptr<const Model> convolution() {
  ModelBuilder b;
  const int x = b.input("x", DType::kInt8, {1, 6, 6, 2}, quantized(0.5f, 3));
  const int r = b.tensor("r", DType::kInt8, {1, 6, 6, 2}, quantized(0.5f, 3)), w = b.constant<int8_t>("w", {1, 3, 3, 2}, std::vector<int8_t>(18, 2), per_channel({0.25f}, 0));
  const int bias = b.constant<int32_t>("bias", {1}, {7}, quantized(0.125f)), y = b.tensor("y", DType::kInt8, {1, 3, 3, 1}, quantized(1.0f, -4));
  b.node(schema::BuiltinOperator_RELU, {x}, {r});
  b.node(schema::BuiltinOperator_CONV_2D, {r, w, bias}, {y}, [](auto& f) {
    return schema::CreateConv2DOptions(f, schema::Padding_SAME, 2, 2, schema::ActivationFunctionType_RELU6, 1, 1);
  }, 3);
  b.output(y);
  return b.build();
}

TEST(ExtractNodeTest, KeepsOptionsConstantsAndQuantization) {
  const auto model = convolution();
  const auto extracted = extract_node(*model, 1);
  ASSERT_TRUE(extracted) << extracted.error().text();
  EXPECT_EQ(extracted->inputs, std::vector<int>{1});
  EXPECT_EQ(extracted->outputs, std::vector<int>{4});
  const Reading reading = read_tflite(std::make_shared<const std::vector<uint8_t>>(extracted->bytes));
  ASSERT_TRUE(reading.model && reading.defects.empty());
  const Subgraph& graph = reading.model->main();
  ASSERT_EQ(graph.nodes.size(), 1u);
  EXPECT_EQ(graph.nodes[0].op_name, "CONV_2D");
  EXPECT_EQ(graph.nodes[0].version, 3);
  const auto& options = graph::options<schema::Conv2DOptions>(graph.nodes[0]);
  EXPECT_EQ(options.padding(), schema::Padding_SAME);
  EXPECT_EQ(options.stride_w(), 2);
  EXPECT_EQ(options.stride_h(), 2);
  EXPECT_EQ(options.fused_activation_function(), schema::ActivationFunctionType_RELU6);
  const Tensor& w = graph.tensors[static_cast<size_t>(graph.nodes[0].inputs[1])];
  EXPECT_EQ(values(w.data), std::vector<uint8_t>(18, 2));
  EXPECT_EQ(w.quantization.scales, std::vector<float>{0.25f});
  const Tensor& y = graph.tensors[static_cast<size_t>(graph.outputs[0])];
  EXPECT_EQ(y.quantization.zero_points, std::vector<int64_t>{-4});
  EXPECT_EQ(macs_of(graph, graph.nodes[0]), 9u * 18) << "9 outputs of 18 products each";
}

TEST(ExtractNodeTest, WhatCannotStandAloneIsAnError) {
  EXPECT_EQ(extract_node(*convolution(), 2).error().code, ErrorCode::kInvalidArgument);
  ModelBuilder b;
  const int c = b.input("c", DType::kBool, {1}), x = b.input("x", DType::kFloat32, {1}), y = b.tensor("y", DType::kFloat32, {1});
  b.node(schema::BuiltinOperator_IF, {c, x}, {y}, [](auto& f) { return schema::CreateIfOptions(f, 1, 1); });
  b.output(y);
  b.subgraph("branch");
  const int in = b.input("in", DType::kFloat32, {1});
  b.output(in);
  const auto model = b.build();
  ASSERT_TRUE(model);
  const auto extracted = extract_node(*model, 0);
  ASSERT_FALSE(extracted);
  EXPECT_TRUE(contains(extracted.error().text(), "node #0 IF"));
}

/// Whatever operators real models have: alone each computes what it computes inside.
TEST(ExtractNodeShared, EveryNodeComputesTheSameAlone) {
  const std::filesystem::path folder = std::filesystem::path(WHYZERO_SHARED_DATA) / "models";
  const auto runtime = runtime::own_runtime(runtime::Kernels::kReference);
  int alone = 0;
  for (const char* name : {"signs_int8", "signs_float32", "mobilenet_v1_0.25_128_quant", "keras_lstm_mnist_ptq", "ssd_mobilenet_v1_quant"}) {
    const auto reading = read_tflite(folder / (std::string(name) + ".tflite"));
    if (!reading || !reading->model) GTEST_SKIP() << "no models in " << folder;
    const auto session = runtime->open(reading->model, {.keep_all = true});
    ASSERT_TRUE(session && (*session)->invoke());
    for (const Node& node : reading->model->main().nodes) {
      const auto extracted = extract_node(*reading->model, node.index);
      if (!extracted) continue;
      const auto small = read_tflite(std::make_shared<const std::vector<uint8_t>>(extracted->bytes));
      ASSERT_TRUE(small.model) << name << " " << node.label();
      const auto single = runtime->open(small.model, {});
      ASSERT_TRUE(single) << name << " " << node.label();
      for (size_t k = 0; k < extracted->inputs.size(); ++k) {
        const ops::Tensor& value = (*session)->tensor(extracted->inputs[k]);
        ASSERT_TRUE((*single)->set_input(static_cast<int>(k), {value.data, value.bytes})) << name << " " << node.label();
      }
      ASSERT_TRUE((*single)->invoke());
      for (size_t k = 0; k < extracted->outputs.size(); ++k) {
        const auto inside = trace::array_from_tensor((*session)->tensor(extracted->outputs[k])), outside = trace::array_from_tensor((*single)->output(static_cast<int>(k)));
        ASSERT_TRUE(inside && outside) << name << " " << node.label();
        EXPECT_EQ(inside->data, outside->data) << name << " " << node.label();
      }
      ++alone;
    }
  }
  EXPECT_GT(alone, 100);
}

}  // namespace
}  // namespace whyzero::graph
