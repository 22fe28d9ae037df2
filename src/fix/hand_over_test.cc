// What is handed over is read afresh and called healthy, and handing it over once more changes nothing.
#include "fix/hand_over.h"

#include <gtest/gtest.h>

#include "app/app.h"
#include "base/file.h"
#include "diagnosis/diagnose.h"
#include "graph/test_support.h"
#include "support/folder.h"
#include "support/toy_app.h"

namespace whyzero::fix {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

class HandOverTest : public testing::Test {
 protected:
  diagnosis::Diagnosis diagnose(const fs::path& app_file) const {
    auto found = diagnosis::diagnose_app(app_file, {.threads = 2});
    EXPECT_TRUE(found) << found.error().text();
    return found ? std::move(*found) : diagnosis::Diagnosis{};
  }
  std::vector<fs::path> hand_over(diagnosis::Diagnosis& d, const fs::path& folder) const {
    auto written = fix::hand_over({d.mended, d.findings, d.base, d.model}, folder, true);
    EXPECT_TRUE(written) << written.error().text();
    return written ? *written : std::vector<fs::path>{};
  }
  /// Diagnosed and mended again and again, at most `rounds` times, until nothing is left to write.
  int rounds_until_healthy(const json& broken, int rounds) const {
    EXPECT_TRUE(write_text(app_.folder() / "broken.json", broken.dump()));
    fs::path file = app_.folder() / "broken.json";
    for (int round = 0; round < rounds; ++round) {
      diagnosis::Diagnosis found = diagnose(file);
      const fs::path folder = scratch_ / std::to_string(round);
      if (hand_over(found, folder).empty()) {
        EXPECT_EQ(found.verdict, diagnosis::Verdict::kHealthy) << toy::loud_codes(found);
        return round;
      }
      file = folder / "app.json";
    }
    return rounds;
  }

  const toy::App& app_ = toy::standard();
  const toy::Folder scratch_;
};

TEST_F(HandOverTest, OneRoundMendsOneFault) {
  EXPECT_EQ(rounds_until_healthy(app_.document(), 3), 0) << "a healthy app is left alone";
  EXPECT_EQ(rounds_until_healthy(app_.with_pipeline({toy::resize(), {{"channels", "bgr"}}, toy::normalize()}), 3), 1);
  EXPECT_EQ(rounds_until_healthy(app_.with("/output/label_offset", 1), 3), 1);
}

TEST_F(HandOverTest, OneRoundMendsTwoFaults) {
  json broken = app_.with_pipeline({toy::resize(), {{"channels", "bgr"}}, toy::normalize()});
  broken["output"]["label_offset"] = 1;
  EXPECT_EQ(rounds_until_healthy(broken, 3), 1);
}

TEST_F(HandOverTest, LabelsBecomeAFileOfTheirOwn) {
  json labels = app_.document()["output"]["labels"];
  std::reverse(labels.begin(), labels.end());
  diagnosis::Diagnosis found = app_.diagnose(app_.with("/output/labels", labels));
  ASSERT_EQ(hand_over(found, scratch_.path()).size(), 2u);
  std::string healthy;
  for (const json& label : app_.document()["output"]["labels"]) healthy += label.get<std::string>() + "\n";
  EXPECT_EQ(*read_text(scratch_ / "labels.txt"), healthy);
}

TEST_F(HandOverTest, TheModelIsNamedByAPathThatMovesWithTheFolder) {
  diagnosis::Diagnosis found;
  found.base = app_.folder().path();
  found.model = app_.folder() / "model.tflite";
  found.mended = app_.document();
  evidence::Finding finding;
  finding.fix = evidence::Fix{};
  finding.fix->model = std::make_shared<const std::vector<uint8_t>>(*read_file(found.model));
  found.findings.push_back(finding);
  ASSERT_EQ(hand_over(found, scratch_ / "out").size(), 2u);
  EXPECT_EQ(found.findings[0].fix->model_file.filename(), "model-mended.tflite");
  EXPECT_EQ(found.findings[0].fix->patch.back()["path"], "/model");
  const auto app = app::load_app(scratch_ / "out/app.json");
  ASSERT_TRUE(app) << app.error().text();
  EXPECT_EQ(app->document["model"], "model-mended.tflite");
  EXPECT_EQ(*read_file(app->model), *found.findings[0].fix->model);
}

TEST_F(HandOverTest, AFolderThatCannotBeMadeIsAnError) {
  diagnosis::Diagnosis found = app_.diagnose(app_.with("/output/label_offset", 1));
  ASSERT_TRUE(write_text(scratch_ / "file", ""));
  EXPECT_FALSE(fix::hand_over({found.mended, found.findings, found.base, found.model}, scratch_ / "file", true));
}

TEST_F(HandOverTest, OriginalsAreNotWrittenOver) {
  const fs::path original = scratch_ / "app.json";
  ASSERT_TRUE(write_text(original, "as deployed"));
  diagnosis::Diagnosis found = app_.diagnose(app_.with("/output/label_offset", 1));
  const auto refused = fix::hand_over({found.mended, found.findings, found.base, found.model}, scratch_.path(), true, {scratch_ / "." / "app.json"});
  ASSERT_FALSE(refused);
  EXPECT_TRUE(graph::contains(refused.error().text(), "--output")) << refused.error().text();
  EXPECT_EQ(*read_text(original), "as deployed");
}

TEST_F(HandOverTest, AllFilesOrNone) {
  json labels = app_.document()["output"]["labels"];
  std::reverse(labels.begin(), labels.end());
  diagnosis::Diagnosis found = app_.diagnose(app_.with("/output/labels", labels));
  ASSERT_TRUE(write_text(scratch_ / "labels.txt/in_the_way", ""));
  EXPECT_FALSE(fix::hand_over({found.mended, found.findings, found.base, found.model}, scratch_.path(), true));
  EXPECT_FALSE(fs::exists(scratch_ / "app.json")) << "the app file could have been written, its labels could not";
  EXPECT_EQ(std::distance(fs::directory_iterator(scratch_.path()), fs::directory_iterator()), 1);
}

}  // namespace
}  // namespace whyzero::fix
