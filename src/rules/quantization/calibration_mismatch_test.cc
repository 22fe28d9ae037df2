// Q003 calibration-mismatch: the input's range is that of x / 255, what is fed that of x / 127.5 - 1.
#include "rules/quantization/test_support.h"

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

}  // namespace
}  // namespace whyzero::rules
