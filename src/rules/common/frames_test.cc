// Camera frames read as another format, or without the gaps between their rows: fires, silent on the healthy twin, the fix restores.
#include "rules/common/frames.h"

#include <gtest/gtest.h>

#include <memory>

#include "support/toy_app.h"
#include "support/toy_frames.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

const toy::App& camera(const std::string& format, int row_bytes = 0) {
  static std::map<std::string, std::unique_ptr<toy::App>> apps;
  auto& app = apps[format + std::to_string(row_bytes)];
  if (!app) app = std::make_unique<toy::App>(toy::camera({format, row_bytes}));
  return *app;
}

struct Wrong {
  const char *written, *read, *code;
};

class Formats : public testing::TestWithParam<Wrong> {};

TEST_P(Formats, FireAndAreRestored) {
  const toy::App& app = camera(GetParam().written);
  const json broken = app.with("/input/frames/format", GetParam().read);
  toy::expect_fires(app, broken, GetParam().code);
  toy::expect_restores(app, broken);
  EXPECT_EQ(toy::mended(broken, app.diagnose(broken)), app.document());
}

INSTANTIATE_TEST_SUITE_P(Frames, Formats,
                         testing::Values(Wrong{"nv21", "nv12", "P017"}, Wrong{"nv12", "nv21", "P017"}, Wrong{"i420", "nv12", "P017"}, Wrong{"nv21", "i420", "P017"},
                                         Wrong{"rgba", "bgra", "P001"}, Wrong{"bgra", "rgba", "P001"}));

TEST(Frames, SilentOnHealthyTwins) {
  for (const char* format : {"nv21", "nv12", "i420", "rgba", "bgra"}) toy::expect_silent(camera(format), camera(format).document());
  for (const char* format : {"nv21", "i420", "rgba"}) {
    const int row = format == std::string("rgba") ? 128 : 32;
    toy::expect_silent(camera(format, row), camera(format, row).document());
  }
}

/// The files are larger than the app believes: as deployed none can be read.
TEST(Frames, GapsBetweenRowsFireAndAreRestored) {
  for (const char* format : {"nv21", "i420", "rgba"}) {
    const toy::App& app = camera(format, format == std::string("rgba") ? 128 : 32);
    json broken = app.document();
    broken["input"]["frames"].erase("row_bytes");
    toy::expect_fires(app, broken, "P012");
    toy::expect_restores(app, broken);
    EXPECT_EQ(toy::mended(broken, app.diagnose(broken))["input"]["frames"], app.document()["input"]["frames"]);
  }
}

/// A buffer of rows with gaps, copied as if there were none, before the app looks at its pixels.
TEST(Frames, AStrideFaultBehindThemIsFound) {
  const toy::App& app = camera("nv21");
  const json broken = app.with_pipeline(json::array({{{"stride_bug", {{"row_bytes", 96}}}}, toy::resize(), toy::normalize()}));
  toy::expect_fires(app, broken, "P012");
  toy::expect_restores(app, broken);
}

}  // namespace
}  // namespace whyzero::rules
