// O004 softmax-missing-or-twice: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

json probability(json document) {
  document["output"]["reports"] = "probability";
  return document;
}

/// The healthy app shows the probability of its label.
const toy::App& app() {
  static const toy::App app([](const toy::Folder& folder) { return probability(toy::table({.classes = 4, .noise = 0.5})(folder)); });
  return app;
}

json twice(json document) {
  document["output"]["decode"] = json::array({{{"softmax", json::object()}}, {{"argmax", json::object()}}});
  return document;
}

json broken() { return twice(app().document()); }

TEST(SoftmaxMissingOrTwice, Fires) { toy::expect_fires(app(), broken(), "O004"); }

TEST(SoftmaxMissingOrTwice, SilentOnHealthyTwin) { toy::expect_silent(app(), app().document()); }

TEST(SoftmaxMissingOrTwice, FixRestores) { toy::expect_restores(app(), broken()); }

TEST(SoftmaxMissingOrTwice, AnAppThatShowsOnlyLabelsGetsANote) {
  json labels = broken();
  labels["output"].erase("reports");
  const diagnosis::Diagnosis& diagnosis = app().diagnose(labels);
  EXPECT_EQ(toy::loud_codes(diagnosis), "");
  EXPECT_NE(toy::find(diagnosis, "O004"), nullptr);
}

TEST(SoftmaxMissingOrTwice, FindsLogitsShownAsProbabilities) {
  const toy::App logits([](const toy::Folder& folder) {
    json document = probability(toy::table({.classes = 4, .head = toy::Head::kLogits, .noise = 0.5})(folder));
    document["output"]["decode"] = json::array({{{"softmax", json::object()}}, {{"argmax", json::object()}}});
    return document;
  });
  const json missing = logits.with("/output/decode", json::array({{{"argmax", json::object()}}}));
  toy::expect_fires(logits, missing, "O004");
  toy::expect_restores(logits, missing);
  toy::expect_silent(logits, logits.document());
}

TEST(SoftmaxMissingOrTwice, AWrongLabelWithALowProbabilityIsNoMend) {
  EXPECT_EQ(toy::find(app().diagnose(broken()), "L001"), nullptr);
  EXPECT_EQ(toy::find(app().diagnose(broken()), "L002"), nullptr);
}

}  // namespace
}  // namespace whyzero::rules
