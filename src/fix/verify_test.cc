// A fix is verified by a fresh run of the written file, and by nothing less.
#include "fix/verify.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/file.h"
#include "graph/test_support.h"
#include "support/case.h"
#include "support/toy_app.h"

namespace whyzero::fix {
namespace {

using nlohmann::json;

class Verify : public testing::Test {
 protected:
  Verification verified(const json& document, std::optional<double> expected = std::nullopt) const {
    VerifyOptions options;
    options.threads = 2;
    options.expected = expected;
    return verify(*case_, document, options);
  }

  const toy::App& app_ = toy::standard();
  const std::unique_ptr<evidence::Case> case_ = toy::case_of(app_.with("/output/label_offset", 1), app_.folder().path());
};

TEST_F(Verify, AcceptsWhatTheFreshRunConfirms) {
  const double healthy = *app_.value(app_.document());
  const Verification result = verified(app_.document(), healthy);
  EXPECT_TRUE(result.verified) << result.rejected_by;
  EXPECT_TRUE(result.rejected_by.empty());
  EXPECT_DOUBLE_EQ(result.value.value_or(-1), healthy);
  EXPECT_EQ(result.samples, 48);
}

TEST_F(Verify, RejectsWhatIsWorseThanTheExperiment) {
  const Verification result = verified(app_.with("/output/label_offset", 1), 0.9);
  EXPECT_FALSE(result.verified);
  EXPECT_TRUE(graph::contains(result.rejected_by, "worse"));
  EXPECT_LT(result.value.value_or(1), 0.5);
}

TEST_F(Verify, RejectsWhatDoesNotRun) {
  EXPECT_TRUE(graph::contains(verified(app_.with_pipeline({toy::resize("bilinear", "pillow", 4), toy::normalize()})).rejected_by, "[4, 4, 3]"));
  EXPECT_TRUE(graph::contains(verified(app_.with("/colour", 1)).rejected_by, "colour"));
  EXPECT_FALSE(verified(app_.with("/model", "none.tflite")).verified);
  EXPECT_FALSE(verified(app_.with("/model", "truth.csv")).verified);
}

TEST_F(Verify, RunsAMendedModelInPlaceOfTheOld) {
  const auto bytes = read_file(app_.folder() / "model.tflite");
  ASSERT_TRUE(bytes);
  VerifyOptions options;
  options.threads = 2;
  options.model = std::make_shared<const std::vector<uint8_t>>(*bytes);
  const Verification result = verify(*case_, app_.with("/model", "none.tflite"), options);
  EXPECT_TRUE(result.verified) << result.rejected_by;
  EXPECT_DOUBLE_EQ(result.value.value_or(-1), *app_.value(app_.document()));
}

TEST_F(Verify, LeavesNothingBehind) {
  const toy::Folder scratch;
  const char* before = ::getenv("TMPDIR");
  const std::string saved = before ? before : "";
  ::setenv("TMPDIR", scratch.path().c_str(), 1);
  EXPECT_TRUE(verified(app_.document()).verified);
  before ? ::setenv("TMPDIR", saved.c_str(), 1) : ::unsetenv("TMPDIR");
  EXPECT_TRUE(std::filesystem::is_empty(scratch.path()));
}

}  // namespace
}  // namespace whyzero::fix
