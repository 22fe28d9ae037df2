// P014 features-not-scaled: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include <algorithm>

#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

const toy::App& app() {
  static const toy::App app(toy::table());
  return app;
}

json broken() { return app().with_pipeline(json::array()); }

/// The features from the last to the first; the recorded statistics stay.
json reversed() {
  json features = app().document()["input"]["table"]["features"];
  std::reverse(features.begin(), features.end());
  return app().with("/input/table/features", features);
}

/// One column that the scaling leaves as it is.
json one_left_out() {
  json document = app().document();
  json& step = document["input"]["pipeline"][0]["standardize"];
  step["mean"][3] = 0;
  step["std"][3] = 1;
  return document;
}

TEST(FeaturesNotScaled, Fires) { toy::expect_fires(app(), broken(), "P014"); }

TEST(FeaturesNotScaled, SilentOnHealthyTwin) { toy::expect_silent(app(), app().document()); }

TEST(FeaturesNotScaled, FixRestores) { toy::expect_restores(app(), broken()); }

TEST(FeaturesNotScaled, FindsTheOrderThatTheRecordedStatisticsFit) {
  toy::expect_fires(app(), reversed(), "P014");
  toy::expect_restores(app(), reversed());
}

TEST(FeaturesNotScaled, FindsAnOrderBehindAMissingScaling) {
  json document = reversed();
  document["input"]["pipeline"] = json::array();
  EXPECT_EQ(toy::loud_codes(app().diagnose(document)), "P014 P014");
  toy::expect_restores(app(), document);
}

TEST(FeaturesNotScaled, FindsAColumnLeftOut) {
  toy::expect_fires(app(), one_left_out(), "P014");
  toy::expect_restores(app(), one_left_out());
}

TEST(FeaturesNotScaled, FindsTheOrderOfTheFile) {
  json document = app().document();
  json &features = document["input"]["table"]["features"], &step = document["input"]["pipeline"][0]["standardize"];
  for (json* list : {&features, &step["mean"], &step["std"]}) std::rotate(list->begin(), list->begin() + 1, list->end());
  toy::expect_fires(app(), document, "P014");
  toy::expect_restores(app(), document);
}

TEST(FeaturesNotScaled, AScalingThatChangesNothingIsNoError) {
  json healthy = app().document();
  healthy["input"]["pipeline"].push_back({{"minmax", {{"min", -1}, {"max", 1}, {"to", {-1, 1}}}}});
  EXPECT_EQ(toy::loud_codes(app().diagnose(healthy)), "");
}

}  // namespace
}  // namespace whyzero::rules
