// L002 label-order: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

const toy::App& app() {
  static const toy::App app({.samples = 72});
  return app;
}

/// No convention: only the answers know it.
json broken() {
  const json& labels = app().document()["output"]["labels"];
  return app().with("/output/labels", json::array({labels[3], labels[0], labels[4], labels[1], labels[5], labels[2]}));
}

TEST(LabelOrder, Fires) { toy::expect_fires(app(), broken(), "L002"); }

TEST(LabelOrder, SilentOnHealthyTwin) { toy::expect_silent(app(), app().document()); }

TEST(LabelOrder, FixRestores) { toy::expect_restores(app(), broken()); }

TEST(LabelOrder, FindsTheReversedList) {
  json labels = app().document()["output"]["labels"];
  std::reverse(labels.begin(), labels.end());
  const json reversed = app().with("/output/labels", labels);
  EXPECT_NE(toy::find(app().diagnose(reversed), "L002"), nullptr) << toy::loud_codes(app().diagnose(reversed));
  toy::expect_restores(app(), reversed);
}

TEST(LabelOrder, FindsTheListOfAnotherModel) {
  json labels = json::array();
  for (const char* name : {"apple", "banana", "cherry", "date", "elder", "fig"}) labels.push_back(name);
  const json other = app().with("/output/labels", labels);
  toy::expect_fires(app(), other, "L002");
  toy::expect_restores(app(), other);
}

TEST(LabelOrder, ATruthThatSpellsTheLabelsOtherwiseIsNoOtherList) {
  json labels = app().document()["output"]["labels"];
  for (json& label : labels) {
    std::string text = label;
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return c == '-' ? '_' : static_cast<char>(std::toupper(c)); });
    label = text;
  }
  EXPECT_EQ(toy::find(app().diagnose(app().with("/output/labels", labels)), "L002"), nullptr);
}

TEST(LabelOrder, AMirrorIsTriedFirst) {
  const json mirrored = app().with_pipeline(json::array({toy::resize(), {{"flip", "horizontal"}}, toy::normalize()}));
  toy::expect_fires(app(), mirrored, "P010");
}

TEST(LabelOrder, BehindAWrongInput) {
  json both = broken();
  both["input"]["pipeline"] = json::array({toy::resize(), {{"channels", "bgr"}}, {{"rotate", 180}}, toy::normalize()});
  ASSERT_LT(*app().value(both), 0.3);
  EXPECT_EQ(toy::loud_codes(app().diagnose(both)).find("L002") == std::string::npos, false) << toy::loud_codes(app().diagnose(both));
  toy::expect_restores(app(), both);
}

TEST(LabelOrder, IsNotFittedToFewerThanTwoSamplesAClass) {
  const toy::App few({.classes = 20, .samples = 39, .contrast = 30});
  json labels = few.document()["output"]["labels"];
  std::swap(labels[0], labels[7]);
  std::swap(labels[3], labels[12]);
  EXPECT_EQ(toy::find(few.diagnose(few.with("/output/labels", labels)), "L002"), nullptr);
}

}  // namespace
}  // namespace whyzero::rules
