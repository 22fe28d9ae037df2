// Models that answer always the same, where the signal dies in them, and living twins.
#include "evidence/response.h"

#include <gtest/gtest.h>

#include "graph/builder.h"

namespace whyzero::evidence {
namespace {

using graph::ModelBuilder;

void dense(ModelBuilder& b, int from, int to, std::vector<int32_t> shape, std::vector<float> weights, std::vector<float> bias, bool relu) {
  const int w = b.constant<float>("w", shape, weights), c = b.constant<float>("b", {shape[0]}, bias);
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {from, w, c}, {to}, [relu](auto& f) {
    return schema::CreateFullyConnectedOptions(f, relu ? schema::ActivationFunctionType_RELU : schema::ActivationFunctionType_NONE);
  });
}

/// x → hidden (ReLU) → out → softmax
std::shared_ptr<const graph::Model> two_layers(float hidden_bias, float head_weight) {
  ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1, 3}), h = b.tensor("hidden", DType::kFloat32, {1, 2});
  const int y = b.tensor("logits", DType::kFloat32, {1, 2}), p = b.tensor("p", DType::kFloat32, {1, 2});
  dense(b, x, h, {2, 3}, {0.5f, -0.2f, 0.1f, -0.3f, 0.4f, 0.2f}, {hidden_bias, hidden_bias}, true);
  dense(b, h, y, {2, 2}, {head_weight, 0, 0, -head_weight}, {0.1f, 0.2f}, false);
  b.node(schema::BuiltinOperator_SOFTMAX, {y}, {p}, [](auto& f) { return schema::CreateSoftmaxOptions(f, 1.0f); });
  b.output(p);
  return b.build();
}

TEST(Response, ALivingModelVaries) {
  const Response r = measure_response(two_layers(0.5f, 0.01f), 0, 1);
  EXPECT_TRUE(r.measured);
  EXPECT_FALSE(r.constant);
  EXPECT_GE(r.inputs, 5);
}

TEST(Response, DeadUnitsAreWhereTheSignalDies) {
  const Response r = measure_response(two_layers(-1e6f, 1), 0, 1);
  ASSERT_TRUE(r.measured && r.constant);
  EXPECT_EQ(r.dead_node, 0);
  EXPECT_EQ(r.dead_tensor, 1);
  EXPECT_TRUE(r.dead_zero);
}

TEST(Response, AHeadOfZerosIsWhereTheSignalDies) {
  const Response r = measure_response(two_layers(0.5f, 0), 0, 1);
  ASSERT_TRUE(r.measured && r.constant);
  EXPECT_EQ(r.dead_node, 1);
  EXPECT_EQ(r.dead_tensor, 2);
  EXPECT_FALSE(r.dead_zero) << "the biases are left";
}

TEST(Response, LooksAtTheOutputThatIsAskedFor) {
  ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1, 3}), dead = b.tensor("dead", DType::kFloat32, {1, 1}), alive = b.tensor("alive", DType::kFloat32, {1, 1});
  dense(b, x, dead, {1, 3}, {0, 0, 0}, {1}, false);
  dense(b, x, alive, {1, 3}, {1, 2, 3}, {1}, false);
  b.set_outputs({dead, alive});
  EXPECT_TRUE(measure_response(b.build(), 0, 1).constant);
  EXPECT_FALSE(measure_response(b.build(), 1, 1).constant);
}

TEST(Response, ReachesModelsOfBytes) {
  ModelBuilder b;
  const int x = b.input("x", DType::kUInt8, {1, 4}, graph::quantized(0.05f)), real = b.tensor("real", DType::kFloat32, {1, 4}), y = b.tensor("y", DType::kFloat32, {1, 4});
  b.node(schema::BuiltinOperator_DEQUANTIZE, {x}, {real}, [](auto& f) { return schema::CreateDequantizeOptions(f); });
  b.node(schema::BuiltinOperator_RELU6, {real}, {y});
  b.output(y);
  EXPECT_FALSE(measure_response(b.build(), 0, 3).constant);
}

TEST(Response, IsNotMeasuredWhereTheModelCannotRun) {
  ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1, 3}), y = b.tensor("y", DType::kFloat32, {1, 3});
  b.custom("Unknown", {x}, {y});
  b.output(y);
  EXPECT_FALSE(measure_response(b.build(), 0, 1).measured);
  ModelBuilder s;
  const int text = s.input("text", DType::kString, {1});
  s.output(text);
  EXPECT_FALSE(measure_response(s.build(), 0, 1).measured);
}

}  // namespace
}  // namespace whyzero::evidence
