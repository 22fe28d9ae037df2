// Q003 calibration-mismatch: the input's range is that of x / 255, what is fed that of x / 127.5 - 1.
#include "rules/quantization/test_support.h"
#include "rules/rule.h"
#include "support/case.h"

namespace whyzero::rules {
namespace {

namespace qt = quantized_toy;

const nlohmann::json& broken() {
  static const nlohmann::json document = toy::standard().with_model("unit.tflite", qt::model(qt::parts().linear, {0, 1}, qt::parts().logits));
  return document;
}

TEST(CalibrationMismatch, Fires) {
  toy::expect_fires(toy::standard(), broken(), "Q003");
  ASSERT_FALSE(toy::standard().diagnose(broken()).findings.empty());
  EXPECT_TRUE(graph::contains(toy::standard().diagnose(broken()).findings.front().message, "x / 255"));
}

TEST(CalibrationMismatch, SilentOnHealthyTwin) { toy::expect_silent(toy::standard(), qt::healthy()); }

TEST(CalibrationMismatch, FixIsShown) { qt::expect_shown(broken(), toy::standard().document()); }

/// The toy's model behind an int8 input that the app fills itself: `fed` is the input's range.
nlohmann::json rounded_by_the_app(const std::string& name, std::pair<float, float> fed, const nlohmann::json& normalized = toy::normalize(1 / 127.5, -1)) {
  graph::ModelBuilder b;
  const int image = b.input("image", DType::kInt8, {1, 8, 8, 3}, qt::range(fed)), real = b.tensor("real", DType::kFloat32, {1, 8, 8, 3}), y = b.tensor("y", DType::kFloat32, {1, 6});
  b.node(schema::BuiltinOperator_DEQUANTIZE, {image}, {real}, [](auto& f) { return schema::CreateDequantizeOptions(f); });
  const int w = b.constant<float>("kernel", {6, 192}, qt::parts().linear.weights), bias = b.constant<float>("bias", {6}, qt::parts().linear.bias);
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {real, w, bias}, {y}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
  b.output(y);
  nlohmann::json document = toy::standard().with_model(name, b.bytes());
  document["input"]["pipeline"] = {toy::resize(), normalized, {{"quantize", "affine"}}};
  return document;
}

/// What the rule says where nothing else was found.
std::vector<evidence::Finding> left_over(const nlohmann::json& document) {
  const auto a_case = toy::case_of(document, toy::standard().folder().path());
  const Rule* rule = find_rule("Q003");
  std::vector<evidence::Finding> findings;
  rule->conclude(*rule, *a_case, findings);
  return findings;
}

TEST(CalibrationMismatch, FindsAnInputThatTheAppRoundsToNothing) {
  const auto findings = left_over(rounded_by_the_app("bytes.tflite", {0, 255}));
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_TRUE(graph::contains(findings[0].message, "it is 0…255, as the bytes as they are makes it")) << findings[0].message;
  EXPECT_TRUE(left_over(rounded_by_the_app("sound.tflite", {-1, 1})).empty());
  // Divided twice: the app is to blame.
  EXPECT_TRUE(left_over(rounded_by_the_app("twice.tflite", {0, 255}, toy::normalize(1 / 65025.0, 0))).empty());
}

}  // namespace
}  // namespace whyzero::rules
