// Variants that read other columns, exchange inputs or read another output, and the metric of probabilities, against app::evaluate.
#include <gtest/gtest.h>

#include "evidence/lab.h"
#include "support/case.h"
#include "support/toy_app.h"

namespace whyzero::evidence {
namespace {

using nlohmann::json;

/// The lab's metric of a variant is what a run of that app file by itself gives.
void expect_same_metric(const toy::App& app, const json& changed) {
  const auto a_case = toy::case_of(app.document(), app.folder().path());
  Lab lab(*a_case, {.threads = 2, .seed = 1});
  const auto base = lab.add(a_case->experiment), id = lab.add(changed);
  ASSERT_TRUE(base && id);
  ASSERT_TRUE(lab.measure(std::vector<int>{*base, *id}, lab.samples()));
  ASSERT_TRUE(lab.metric(*id) && lab.metric(*base));
  EXPECT_NEAR(*lab.metric(*base), *app.value(app.document()), 1e-6);
  EXPECT_NEAR(*lab.metric(*id), *app.value(changed), 1e-6);
  EXPECT_LT(*lab.metric(*id), *lab.metric(*base)) << "the change must be one that matters";
}

TEST(LabReads, OtherColumnsOfATable) {
  const toy::App app(toy::table());
  json features = app.document()["input"]["table"]["features"];
  std::swap(features[0], features[3]);
  expect_same_metric(app, app.with("/input/table/features", features));
}

TEST(LabReads, ExchangedInputs) {
  const toy::App app(toy::two_inputs());
  json changed = app.document();
  std::swap(changed["inputs"][0]["arrays"], changed["inputs"][1]["arrays"]);
  expect_same_metric(app, changed);
}

TEST(LabReads, AnotherOutput) {
  const toy::App app(toy::table({.head = toy::Head::kTwoHeads}));
  expect_same_metric(app, app.with("/output/tensor", 0));
}

TEST(LabReads, Probabilities) {
  const toy::App app([](const toy::Folder& folder) {
    json document = toy::table({.classes = 4, .noise = 0.5})(folder);
    document["output"]["reports"] = "probability";
    return document;
  });
  expect_same_metric(app, app.with("/output/decode", json::array({{{"softmax", json::object()}}, {{"argmax", json::object()}}})));
}

}  // namespace
}  // namespace whyzero::evidence
