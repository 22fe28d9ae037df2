// D003 unreadable-sample: one photo of many is no photo.
#include <gtest/gtest.h>

#include "base/file.h"
#include "graph/test_support.h"
#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

const toy::App& app() {
  static const toy::App app;
  return app;
}

nlohmann::json broken() {
  nlohmann::json photos = nlohmann::json::array({"torn.jpg"});
  for (int i = 0; i < app().options().samples; ++i) photos.push_back("photos/" + std::to_string(100 + i) + ".bmp");
  EXPECT_TRUE(write_text(app().folder() / "torn.jpg", "not a photo"));
  return app().with("/input/images", photos);
}

TEST(UnreadableSample, Fires) {
  const evidence::Finding* finding = toy::find(app().diagnose(broken()), "D003");
  ASSERT_TRUE(finding);
  EXPECT_EQ(finding->severity, evidence::Severity::kNote);
  EXPECT_EQ(app().diagnose(broken()).verdict, diagnosis::Verdict::kHealthy);
  EXPECT_EQ(app().diagnose(broken()).measured->samples, app().options().samples);
}

TEST(UnreadableSample, SilentOnHealthyTwin) { EXPECT_EQ(toy::find(app().diagnose(app().document()), "D003"), nullptr); }

TEST(UnreadableSample, FixRestores) {  // there is no patch: the message names the file
  const evidence::Finding* finding = toy::find(app().diagnose(broken()), "D003");
  ASSERT_TRUE(finding);
  EXPECT_TRUE(graph::contains(finding->message, "torn.jpg"));
  EXPECT_TRUE(graph::contains(finding->message, "1 of 49"));
  EXPECT_EQ(finding->where.pointer, "/input");
}

}  // namespace
}  // namespace whyzero::rules
