// Q001 range-too-narrow: logits that are all far above zero, in a range that ends below them.
#include "rules/quantization/test_support.h"

namespace whyzero::rules {
namespace {

namespace qt = quantized_toy;

/// The same decisions: a constant is added to every logit.
qt::Linear raised() {
  qt::Linear linear = qt::parts().linear;
  for (float& bias : linear.bias) bias += 100;
  return linear;
}

const nlohmann::json& broken() {
  static const nlohmann::json document = toy::standard().with_model("narrow.tflite", qt::model(raised(), {-1, 1}, {0, 60}));
  return document;
}

TEST(RangeTooNarrow, Fires) {
  toy::expect_fires(toy::standard(), broken(), "Q001");
  ASSERT_FALSE(toy::standard().diagnose(broken()).findings.empty());
  EXPECT_TRUE(graph::contains(toy::standard().diagnose(broken()).findings.front().message, "dense/out"));
}

TEST(RangeTooNarrow, SilentOnHealthyTwin) { toy::expect_silent(toy::standard(), qt::healthy()); }

TEST(RangeTooNarrow, FixIsShown) { qt::expect_shown(broken(), toy::standard().document()); }

}  // namespace
}  // namespace whyzero::rules
