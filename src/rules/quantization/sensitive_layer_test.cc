// Q005 sensitive-layer: a common part of all logits, a hundred times their differences, fills the range.
#include "rules/quantization/test_support.h"

namespace whyzero::rules {
namespace {

namespace qt = quantized_toy;

/// The same decisions: to every row of the weights the same large row is added.
qt::Linear with_common_part() {
  qt::Linear linear = qt::parts().linear;
  for (size_t k = 0; k < linear.weights.size(); ++k) linear.weights[k] += k % linear.inputs() % 2 ? 30 : -30;
  return linear;
}

const nlohmann::json& broken() {
  static const nlohmann::json document = toy::standard().with_model("common.tflite", qt::model(with_common_part(), {-1, 1}, {-600, 600}));
  return document;
}

TEST(SensitiveLayer, Fires) {
  toy::expect_fires(toy::standard(), broken(), "Q005");
  EXPECT_TRUE(graph::contains(toy::standard().diagnose(broken()).findings.front().message, "int16"));
}

TEST(SensitiveLayer, SilentOnHealthyTwin) { toy::expect_silent(toy::standard(), qt::healthy()); }

TEST(SensitiveLayer, FixIsShown) { qt::expect_shown(broken(), toy::standard().document()); }

}  // namespace
}  // namespace whyzero::rules
