// M006 constant-output: a layer whose units are dead, and its living twin.
#include <gtest/gtest.h>

#include <limits>

#include "graph/builder.h"
#include "graph/test_support.h"
#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

/// Two layers on the toy's photos; with a bias of -1e6 no unit of the first is ever above zero.
std::vector<uint8_t> model(float first_bias, schema::ActivationFunctionType activation = schema::ActivationFunctionType_RELU, float last_bias = 5) {
  graph::ModelBuilder b;
  const int x = b.input("image", DType::kFloat32, {1, 8, 8, 3});
  std::vector<float> weights(4 * 192);
  for (size_t i = 0; i < weights.size(); ++i) weights[i] = 0.1f * static_cast<float>(i * 7 % 11) - 0.5f;
  const int w1 = b.constant<float>("hidden/kernel", {4, 192}, weights), b1 = b.constant<float>("hidden/bias", {4}, std::vector<float>(4, first_bias));
  const int h = b.tensor("hidden/Relu", DType::kFloat32, {1, 4});
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, w1, b1}, {h},
         [activation](auto& f) { return schema::CreateFullyConnectedOptions(f, activation); });
  const int w2 = b.constant<float>("head/kernel", {6, 4}, std::vector<float>(weights.begin(), weights.begin() + 24));
  const int b2 = b.constant<float>("head/bias", {6}, {0, 1, 2, 3, 4, last_bias}), y = b.tensor("head", DType::kFloat32, {1, 6});
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {h, w2, b2}, {y}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
  b.output(y);
  return b.bytes();
}

const diagnosis::Diagnosis& diagnosis_of_dead() {
  static const nlohmann::json document = toy::standard().with_model("dead.tflite", model(-1e6f));
  return toy::standard().diagnose(document);
}

TEST(ConstantOutput, Fires) {
  EXPECT_EQ(toy::loud_codes(diagnosis_of_dead()), "M006");
  EXPECT_EQ(toy::loud_codes(toy::diagnose_model(model(-1e6f))), "M006") << "without an app";
}

TEST(ConstantOutput, SilentOnHealthyTwin) {
  EXPECT_EQ(toy::loud_codes(toy::diagnose_model(model(0))), "");
  // Normalized twice is nearly constant, and not the model's fault.
  const auto& app = toy::standard();
  EXPECT_EQ(toy::find(app.diagnose(app.with_pipeline({toy::resize(), {{"constant", 0}}, toy::normalize()})), "M006"), nullptr);
}

TEST(ConstantOutput, FixRestores) {  // there is no patch: the finding says where the signal dies
  const evidence::Finding& finding = diagnosis_of_dead().findings[0];
  EXPECT_EQ(finding.where.node, 0);
  EXPECT_EQ(finding.where.tensor, 3);
  EXPECT_TRUE(graph::contains(finding.message, "hidden/Relu"));
  EXPECT_EQ(finding.alternatives, std::vector<std::string>{"M004"}) << "all zero";
  EXPECT_FALSE(finding.fix);
}

TEST(ConstantOutput, FindsAHiddenLayerAtTheEndOfItsClamp) {
  const auto& app = toy::standard();
  const auto& diagnosis = app.diagnose(app.with_model("clamped.tflite", model(1e6f, schema::ActivationFunctionType_RELU6)));
  EXPECT_EQ(toy::loud_codes(diagnosis), "M006");
}

TEST(ConstantOutput, FindsABiasThatDecidesAlone) {
  const auto& app = toy::standard();
  const auto& diagnosis = app.diagnose(app.with_model("biased.tflite", model(0, schema::ActivationFunctionType_RELU, 1e5f)));
  EXPECT_EQ(toy::loud_codes(diagnosis), "M006");
  ASSERT_FALSE(diagnosis.findings.empty());
  EXPECT_TRUE(graph::contains(diagnosis.findings.front().message, "bias"));
}

TEST(ConstantOutput, LeavesNanToItsOwnRule) {
  const auto& app = toy::standard();
  EXPECT_EQ(toy::loud_codes(app.diagnose(app.with_model("nan.tflite", model(std::numeric_limits<float>::quiet_NaN())))), "M003");
}

}  // namespace
}  // namespace whyzero::rules
