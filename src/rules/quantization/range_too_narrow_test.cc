// Q001 range-too-narrow: logits held to a fiftieth of their range.
#include "rules/quantization/test_support.h"

namespace whyzero::rules {
namespace {

namespace qt = quantized_toy;

const nlohmann::json& broken() {
  static const nlohmann::json document = toy::standard().with_model("narrow.tflite", qt::model(qt::parts().linear, {-1, 1}, qt::parts().times(0.02f)));
  return document;
}

TEST(RangeTooNarrow, Fires) {
  toy::expect_fires(toy::standard(), broken(), "Q001");
  EXPECT_TRUE(graph::contains(toy::standard().diagnose(broken()).findings.front().message, "dense/out"));
}

TEST(RangeTooNarrow, SilentOnHealthyTwin) { toy::expect_silent(toy::standard(), qt::healthy()); }

TEST(RangeTooNarrow, FixIsShown) { qt::expect_shown(broken(), toy::standard().document()); }

}  // namespace
}  // namespace whyzero::rules
