// A pipeline that half-mends a quantized model is not believed; one that restores it is.
#include "diagnosis/restore_gate.h"

#include "rules/quantization/test_support.h"

namespace whyzero::diagnosis {
namespace {

namespace qt = rules::quantized_toy;

TEST(RestoreGate, APipelineFaultOfAHealthyQuantizedModelStaysOne) {
  nlohmann::json broken = qt::healthy();
  broken["input"]["pipeline"] = {toy::resize(), toy::normalize(1 / 255.0, 0)};
  EXPECT_EQ(toy::loud_codes(toy::standard().diagnose(broken)), "P002");
  EXPECT_FALSE(toy::standard().diagnose(broken).mended.is_null());
}

TEST(RestoreGate, AFaultOfThePipelineBesideOneOfTheRangesIsNamedToo) {
  nlohmann::json broken = toy::standard().with_model("wide_bgr.tflite", qt::model(qt::parts().linear, {-1, 1}, qt::parts().times(1000)));
  broken["input"]["pipeline"] = {toy::resize(), {{"channels", "bgr"}}, toy::normalize()};
  const std::string codes = toy::loud_codes(toy::standard().diagnose(broken));
  EXPECT_NE(codes.find("Q002"), std::string::npos) << codes;
  EXPECT_NE(codes.find("P001"), std::string::npos) << codes;
}

TEST(RestoreGate, WithoutTruthTheSpreadOfTheAnswersBlamesTheRanges) {
  const toy::App clear({.samples = 60, .contrast = 30, .noise = 20});
  const qt::Parts parts(clear);
  nlohmann::json broken = clear.with_model("silent.tflite", qt::model(parts.linear, {-1, 1}, parts.times(2000)));
  broken.erase("truth");
  const Diagnosis& diagnosis = clear.diagnose(broken);
  EXPECT_EQ(toy::loud_codes(diagnosis), "Q002");
  ASSERT_FALSE(diagnosis.findings.empty()) << diagnosis.lead.value_or("no lead");
  EXPECT_EQ(diagnosis.findings.front().proof, evidence::Proof::kStatistics);
}

}  // namespace
}  // namespace whyzero::diagnosis
