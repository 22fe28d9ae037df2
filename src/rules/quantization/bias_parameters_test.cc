// Q007 bias-parameters: a bias on a fortieth of the scale that its operator takes it for.
#include "rules/quantization/test_support.h"

namespace whyzero::rules {
namespace {

namespace qt = quantized_toy;

std::vector<uint8_t> model(double factor) { return qt::model(qt::parts().linear, {-1, 1}, qt::parts().logits, {.bias_factor = factor}); }

const nlohmann::json& broken() {
  static const nlohmann::json document = toy::standard().with_model("bias_parameters.tflite", model(1 / 40.0));
  return document;
}

TEST(BiasParameters, Fires) {
  toy::expect_fires(toy::standard(), broken(), "Q007");
  EXPECT_EQ(toy::loud_codes(toy::diagnose_model(model(1 / 40.0))), "Q007") << "without an app";
}

TEST(BiasParameters, SilentOnHealthyTwin) {
  toy::expect_silent(toy::standard(), qt::healthy());
  EXPECT_EQ(toy::loud_codes(toy::diagnose_model(model(1.01))), "") << "within what the official kernels let pass";
}

TEST(BiasParameters, FixRestores) {
  const diagnosis::Diagnosis found = toy::standard().diagnose(broken());
  ASSERT_FALSE(found.findings.empty());
  const evidence::Finding& finding = found.findings.front();
  EXPECT_TRUE(graph::contains(finding.message, "Multiply the integers by 0.025")) << finding.message;
  EXPECT_TRUE(graph::contains(finding.message, "dense/bias"));
  ASSERT_TRUE(finding.fix && finding.fix->model);
  EXPECT_TRUE(finding.fix->verified) << finding.fix->rejected_by;
  const nlohmann::json mended = toy::standard().with_model("bias_mended.tflite", *finding.fix->model);
  toy::expect_silent(toy::standard(), mended);
  // A fortieth of the scale held 40 times as many steps: rounding back to whole ones may turn a close answer, not more.
  EXPECT_NEAR(*toy::standard().value(mended), *toy::standard().value(qt::healthy()), 0.02);
}

}  // namespace
}  // namespace whyzero::rules
