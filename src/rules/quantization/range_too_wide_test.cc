// Q002 range-too-wide: logits on a thousand times their range.
#include "rules/quantization/test_support.h"

namespace whyzero::rules {
namespace {

namespace qt = quantized_toy;

const nlohmann::json& broken() {
  static const nlohmann::json document = toy::standard().with_model("wide.tflite", qt::model(qt::parts().linear, {-1, 1}, qt::parts().times(1000)));
  return document;
}

TEST(RangeTooWide, Fires) {
  toy::expect_fires(toy::standard(), broken(), "Q002");
  ASSERT_FALSE(toy::standard().diagnose(broken()).findings.empty());
  EXPECT_TRUE(graph::contains(toy::standard().diagnose(broken()).findings.front().message, "dense/out"));
}

TEST(RangeTooWide, SilentOnHealthyTwin) { toy::expect_silent(toy::standard(), qt::healthy()); }

TEST(RangeTooWide, FixIsShown) { qt::expect_shown(broken(), toy::standard().document()); }

}  // namespace
}  // namespace whyzero::rules
