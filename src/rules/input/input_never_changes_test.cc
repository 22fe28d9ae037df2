// P013 input-never-changes: empty tensors, one tensor for all, and one photo for all, which is no fault.
#include <gtest/gtest.h>

#include "graph/test_support.h"
#include "support/recorded_app.h"

namespace whyzero::rules {
namespace {

using namespace toy;
using nlohmann::json;

std::vector<int> all(int sample) { return std::vector<int>(static_cast<size_t>(recorded_samples()), sample); }

TEST(InputNeverChanges, Fires) {
  for (int sample : {-1, 3}) {
    const json document = recorded({}, all(sample));
    expect_fires(standard(), document, "P013");
    EXPECT_EQ(standard().diagnose(document).findings.front().proof, evidence::Proof::kTensor);
  }
  EXPECT_TRUE(graph::contains(standard().diagnose(recorded({}, all(-1))).findings.front().message, "nothing but the number 0"));
}

TEST(InputNeverChanges, FiresWhereEveryTensorIsOnePhotoLate) {
  std::vector<int> late = {-1};
  for (int i = 0; i + 1 < recorded_samples(); ++i) late.push_back(i);
  json document = recorded({}, late);
  document["input"]["original_images"] = json::array();
  for (int i = 0; i < recorded_samples(); ++i) document["input"]["original_images"].push_back("photos/" + std::to_string(100 + i) + ".bmp");
  expect_fires(standard(), document, "P013");
  EXPECT_TRUE(graph::contains(standard().diagnose(document).findings.front().message, "the photo of the sample before"));
}

TEST(InputNeverChanges, AStepThatFillsTheTensorIsLeftOut) {
  const json document = standard().with_pipeline({resize(), normalize(), {{"constant", 0}}});
  expect_fires(standard(), document, "P013");
  expect_restores(standard(), document);
}

TEST(InputNeverChanges, SilentOnHealthyTwin) {
  expect_silent(standard(), recorded({}));
  json same_photo = recorded({}, {3, 3, 3});
  same_photo["input"]["original_images"] = {"photos/103.bmp", "photos/103.bmp", "photos/103.bmp"};
  EXPECT_EQ(loud_codes(standard().diagnose(same_photo)), "");
  EXPECT_EQ(loud_codes(standard().diagnose(recorded({}, {-1}))), "") << "one sample is no proof";
}

TEST(InputNeverChanges, FixRestores) {
  const evidence::Finding& finding = standard().diagnose(recorded({}, all(-1))).findings.front();
  ASSERT_TRUE(finding.fix);
  EXPECT_EQ(finding.fix->safety, evidence::Safety::kDisplay);
  EXPECT_TRUE(graph::contains(finding.fix->code["python"].get<std::string>(), "set_tensor"));
  expect_silent(standard(), recorded({}));
}

}  // namespace
}  // namespace whyzero::rules
