// M004 dead-weights: a head of zeros, a head of equal units, and a branch of zeros that leaves the output alive.
#include <gtest/gtest.h>

#include "graph/builder.h"
#include "graph/test_support.h"
#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

/// One dense layer with these weights on the toy's photos; with `branch` a second one is added to it.
std::vector<uint8_t> model(const std::vector<float>& weights, const std::vector<float>& branch = {}) {
  graph::ModelBuilder b;
  const int x = b.input("image", DType::kFloat32, {1, 8, 8, 3});
  const auto dense = [&](const char* name, const std::vector<float>& kernel) {
    const int w = b.constant<float>(std::string(name) + "/kernel", {6, 192}, kernel), bias = b.constant<float>("bias", {6}, {0, 0.1f, 0.2f, 0.3f, 0.2f, 0.1f});
    const int y = b.tensor(name, DType::kFloat32, {1, 6});
    b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, w, bias}, {y}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
    return y;
  };
  int y = dense("head", weights);
  if (!branch.empty()) {
    const int other = dense("branch", branch), sum = b.tensor("sum", DType::kFloat32, {1, 6});
    b.node(schema::BuiltinOperator_ADD, {y, other}, {sum}, [](auto& f) { return schema::CreateAddOptions(f); });
    y = sum;
  }
  b.output(y);
  return b.bytes();
}

std::vector<float> living() {
  std::vector<float> weights(6 * 192);
  for (size_t i = 0; i < weights.size(); ++i) weights[i] = 0.1f * static_cast<float>(i * 7 % 11) - 0.5f;
  return weights;
}

/// The same weights for every unit.
std::vector<float> symmetric() {
  std::vector<float> weights = living();
  for (size_t i = 192; i < weights.size(); ++i) weights[i] = weights[i % 192];
  return weights;
}

const std::vector<float> kZeros(6 * 192);

const diagnosis::Diagnosis& diagnosis_of(const std::string& name, const std::vector<uint8_t>& bytes) {
  return toy::standard().diagnose(toy::standard().with_model(name, bytes));
}

TEST(DeadWeights, Fires) {
  EXPECT_EQ(toy::loud_codes(diagnosis_of("zeros.tflite", model(kZeros))), "M004");
  EXPECT_EQ(toy::loud_codes(diagnosis_of("symmetric.tflite", model(symmetric()))), "M004");
  EXPECT_EQ(toy::loud_codes(toy::diagnose_model(model(kZeros))), "M004") << "without an app";
}

TEST(DeadWeights, SilentOnHealthyTwin) {
  toy::expect_silent(toy::standard(), toy::standard().document());
  EXPECT_EQ(toy::loud_codes(toy::diagnose_model(model(living()))), "");
  EXPECT_EQ(toy::loud_codes(toy::diagnose_model(model(living(), kZeros))), "") << "a branch that starts at zero";
  EXPECT_EQ(toy::find(diagnosis_of("branch.tflite", model(living(), kZeros)), "M004"), nullptr);
}

/// A ReLU layer of 40 units, 24 of them dead, before a head that knows nothing.
std::vector<uint8_t> half_dead(bool dead) {
  graph::ModelBuilder b;
  const int x = b.input("image", DType::kFloat32, {1, 8, 8, 3});
  std::vector<float> kernel(40 * 192), bias(40, 0.1f), head(6 * 40);
  for (size_t i = 0; i < kernel.size(); ++i) kernel[i] = 0.01f * static_cast<float>(i * 7 % 11) - 0.05f;
  for (size_t unit = 0; dead && unit < 24; ++unit) bias[unit] = -50;
  for (size_t i = 0; i < head.size(); ++i) head[i] = 0.1f * static_cast<float>(i * 5 % 13) - 0.6f;
  const int w = b.constant<float>("dense/kernel", {40, 192}, kernel), c = b.constant<float>("dense/bias", {40}, bias);
  const int hidden = b.tensor("dense", DType::kFloat32, {1, 40}), y = b.tensor("head", DType::kFloat32, {1, 6});
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, w, c}, {hidden}, [](auto& f) { return schema::CreateFullyConnectedOptions(f, schema::ActivationFunctionType_RELU); });
  const int h = b.constant<float>("head/kernel", {6, 40}, head), none = b.constant<float>("head/bias", {6}, std::vector<float>(6));
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {hidden, h, none}, {y}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
  b.output(y);
  return b.bytes();
}

TEST(DeadWeights, NamesUnitsThatDiedInTraining) {
  const diagnosis::Diagnosis& broken = diagnosis_of("half_dead.tflite", half_dead(true));
  const evidence::Finding* finding = toy::find(broken, "M004");
  ASSERT_NE(finding, nullptr) << toy::loud_codes(broken);
  EXPECT_TRUE(graph::contains(finding->message, "24 of the 40 units")) << finding->message;
  EXPECT_EQ(finding->alternatives.front(), "T001");
  EXPECT_EQ(toy::find(diagnosis_of("all_alive.tflite", half_dead(false)), "M004"), nullptr);
}

TEST(DeadWeights, FixRestores) {  // there is no patch: the message names the weights
  const evidence::Finding finding = toy::diagnose_model(model(kZeros)).findings.at(0);
  EXPECT_TRUE(graph::contains(finding.message, "head/kernel"));
  EXPECT_EQ(finding.where.tensor, 1);
  EXPECT_EQ(finding.alternatives, std::vector<std::string>{"M006"});
  EXPECT_FALSE(finding.fix);
}

/// Two ReLU branches of the same photo beside each other, added up by the head; `bias` is that of the second.
std::vector<uint8_t> branches(float bias) {
  graph::ModelBuilder b;
  const int x = b.input("image", DType::kFloat32, {1, 8, 8, 3}), both = b.tensor("both", DType::kFloat32, {1, 16}), y = b.tensor("y", DType::kFloat32, {1, 6});
  std::vector<int> parts;
  for (const float own : {0.5f, bias}) {
    std::vector<float> kernel(8 * 192), biases(8, own);
    for (size_t i = 0; i < kernel.size(); ++i) kernel[i] = 0.02f * static_cast<float>(i * 7 % 11) - 0.1f;
    const int w = b.constant<float>("kernel", {8, 192}, kernel), c = b.constant<float>("bias", {8}, biases);
    parts.push_back(b.tensor("part", DType::kFloat32, {1, 8}));
    b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, w, c}, {parts.back()}, [](auto& f) { return schema::CreateFullyConnectedOptions(f, schema::ActivationFunctionType_RELU); });
  }
  b.node(schema::BuiltinOperator_CONCATENATION, parts, {both}, [](auto& f) { return schema::CreateConcatenationOptions(f, 1); });
  std::vector<float> head(6 * 16), biases(6, 0.1f);
  for (size_t i = 0; i < head.size(); ++i) head[i] = 0.3f * static_cast<float>(i * 5 % 13) - 1.7f;
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {both, b.constant<float>("head/kernel", {6, 16}, head), b.constant<float>("head/bias", {6}, biases)}, {y},
         [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
  b.output(y);
  return b.bytes();
}

TEST(DeadWeights, FindsABranchThatNeverFires) {
  const auto& app = toy::standard();
  EXPECT_EQ(toy::loud_codes(app.diagnose(app.with_model("dead_branch.tflite", branches(-1000)))), "M004");
  EXPECT_EQ(toy::find(app.diagnose(app.with_model("living_branch.tflite", branches(0.5f))), "M004"), nullptr);
}

}  // namespace
}  // namespace whyzero::rules
