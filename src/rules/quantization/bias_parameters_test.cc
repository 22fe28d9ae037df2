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

TEST(BiasParameters, FixIsShown) {  // the factor that the message gives is the one that was put in
  ASSERT_FALSE(toy::standard().diagnose(broken()).findings.empty());
  const evidence::Finding& finding = toy::standard().diagnose(broken()).findings.front();
  EXPECT_TRUE(graph::contains(finding.message, "Multiply the integers by 0.025")) << finding.message;
  EXPECT_TRUE(graph::contains(finding.message, "dense/bias"));
  ASSERT_TRUE(finding.fix);
  EXPECT_EQ(finding.fix->safety, evidence::Safety::kDisplay);
}

}  // namespace
}  // namespace whyzero::rules
