// The search on the demo's photos and a few hypotheses: single faults, stacks, healthy apps; the same answer for the same seed.
#include "evidence/search.h"

#include <gtest/gtest.h>

#include "app/edit.h"
#include "support/case.h"

namespace whyzero::evidence {
namespace {

using app::StepRole;
using nlohmann::json;

Hypothesis hypothesis(std::string code, std::string axis, std::string text, std::initializer_list<StepRole> roles, json steps, bool declared = false) {
  Hypothesis h;
  h.code = std::move(code);
  h.axis = std::move(axis);
  h.text = std::move(text);
  h.declared = declared;
  h.edit = [roles = std::vector<StepRole>(roles), steps = std::move(steps)](const json& document) -> std::optional<json> {
    json changed = document, pipeline = app::pipeline_at(document, "/input");
    json first = steps;
    for (StepRole role : roles) {
      pipeline = app::replace_steps(pipeline, {role}, first);
      first = json::array();
    }
    app::set_pipeline(changed, "/input", pipeline);
    return changed;
  };
  return h;
}

json normalize(double scale, double offset) { return json::array({{{"normalize", {{"scale", scale}, {"offset", offset}}}}}); }

std::vector<Hypothesis> hypotheses() {
  std::vector<Hypothesis> all = {hypothesis("P001", "channels", "feed RGB", {StepRole::kChannels}, json::array({{{"channels", "rgb"}}}), true),
                                 hypothesis("P001", "channels", "feed BGR", {StepRole::kChannels}, json::array({{{"channels", "bgr"}}})),
                                 hypothesis("P017", "channels", "feed gray", {StepRole::kChannels}, json::array({{{"channels", "gray3"}}})),
                                 hypothesis("P002", "range", "-1…1", {StepRole::kRange, StepRole::kStore}, normalize(1 / 127.5, -1)),
                                 hypothesis("P002", "range", "0…1", {StepRole::kRange, StepRole::kStore}, normalize(1 / 255.0, 0)),
                                 hypothesis("P002", "range", "0…255", {StepRole::kRange, StepRole::kStore}, normalize(1, 0)),
                                 hypothesis("P010", "orientation", "turn by 180 degrees", {StepRole::kOrientation}, json::array({{{"rotate", 180}}}))};
  for (int offset : {-1, 1}) {
    Hypothesis h;
    h.code = "L001";
    h.axis = "labels";
    h.text = "label offset " + std::to_string(offset);
    h.side = Side::kOutput;
    h.edit = [offset](const json& document) -> std::optional<json> {
      json changed = document;
      changed["output"]["label_offset"] = offset;
      return changed;
    };
    all.push_back(std::move(h));
  }
  return all;
}

const toy::Fruit& fruit() {
  static const toy::Fruit fruit(5);
  return fruit;
}

Explanation searched(const json& document, const std::vector<Hypothesis>& list, int threads = 2, uint64_t seed = 1) {
  const auto a_case = toy::case_of(document, fruit().folder());
  LabOptions options;
  options.threads = threads;
  options.seed = seed;
  Lab lab(*a_case, options);
  auto explanation = search(lab, *a_case, list, {.seed = seed});
  EXPECT_TRUE(explanation) << explanation.error().text();
  return explanation ? std::move(*explanation) : Explanation{};
}

std::string codes(const Explanation& explanation) {
  std::string text;
  for (const Upheld& upheld : explanation.upheld) text += (text.empty() ? "" : " ") + upheld.hypothesis->code;
  return text;
}

TEST(Search, FindsOneFault) {
  const auto list = hypotheses();
  const Explanation e = searched(fruit().document("app.json"), list);
  ASSERT_EQ(codes(e), "P001");
  EXPECT_EQ(e.upheld[0].hypothesis->text, "feed RGB");
  EXPECT_EQ(e.samples, 50);
  EXPECT_LT(e.p_value, kFamilyError);
  EXPECT_GT(*e.mended, *e.as_deployed + kLeastHarm);
  EXPECT_EQ(e.upheld[0].value_before, e.as_deployed);
  EXPECT_EQ(e.upheld[0].value_after, e.mended);
  EXPECT_EQ(e.upheld[0].before, fruit().document("app.json"));
  EXPECT_EQ(e.document, e.upheld[0].after);
  EXPECT_EQ(e.document["input"]["pipeline"][1]["channels"], "rgb");
  EXPECT_FALSE(e.lead);
  EXPECT_GE(e.tried, 7);
  for (const RuledOut& out : e.ruled_out) EXPECT_NE(out.code, "P001");
  EXPECT_EQ(e.ruled_out.size(), 4u);  // P002, P010, P017, L001
}

TEST(Search, FindsTwoFaultsThatHideEachOther) {
  const auto list = hypotheses();
  const Explanation e = searched(fruit().document("app_two_faults.json"), list);
  ASSERT_EQ(e.upheld.size(), 2u) << codes(e);
  EXPECT_TRUE(codes(e) == "P001 P002" || codes(e) == "P002 P001") << codes(e);
  EXPECT_EQ(e.upheld[0].after, e.upheld[1].before);
  EXPECT_EQ(e.upheld[1].after, e.document);
  EXPECT_EQ(e.upheld[0].value_after, e.upheld[1].value_before);
  const auto healthy = toy::case_of(fruit().document("app_healthy.json"), fruit().folder());
  EXPECT_DOUBLE_EQ(*e.mended, *healthy->symptom.evaluation.scored.value);
}

TEST(Search, FindsThreeFaults) {
  const auto list = hypotheses();
  json document = fruit().document("app_two_faults.json");
  document["output"]["label_offset"] = 2;
  auto with_offset_two = list;
  with_offset_two.back().edit = [](const json& from) -> std::optional<json> {
    json changed = from;
    changed["output"]["label_offset"] = 0;
    return changed;
  };
  const Explanation e = searched(document, with_offset_two);
  EXPECT_EQ(e.upheld.size(), 3u) << codes(e);
  EXPECT_GE(e.mended.value_or(0), 0.9);
}

TEST(Search, IsSilentOnHealthyApps) {
  const auto list = hypotheses();
  const Explanation e = searched(fruit().document("app_healthy.json"), list);
  EXPECT_EQ(codes(e), "");
  EXPECT_FALSE(e.mended);
  EXPECT_GE(*e.as_deployed, 0.9);
  EXPECT_EQ(e.ruled_out.empty(), false);
}

TEST(Search, DoesNotPretendWithoutTheRightHypothesis) {
  std::vector<Hypothesis> wrong;
  for (const Hypothesis& h : hypotheses())
    if (h.axis == "orientation" || h.axis == "labels") wrong.push_back(h);
  const Explanation e = searched(fruit().document("app_two_faults.json"), wrong);
  EXPECT_EQ(codes(e), "");
  EXPECT_TRUE(searched(fruit().document("app.json"), {}).upheld.empty());
}

TEST(Search, SameSeedSameAnswerWithAnyNumberOfThreads) {
  const auto list = hypotheses();
  const json document = fruit().document("app_two_faults.json");
  const Explanation once = searched(document, list, 2), again = searched(document, list, 2), alone = searched(document, list, 1);
  for (const Explanation* other : {&again, &alone}) {
    EXPECT_EQ(once.document, other->document);
    EXPECT_EQ(codes(once), codes(*other));
    EXPECT_EQ(once.p_value, other->p_value);
    EXPECT_EQ(once.tried, other->tried);
    EXPECT_EQ(once.mended, other->mended);
  }
  EXPECT_EQ(searched(document, list, 2, 5).document, once.document) << "another seed, the same truth";
}

TEST(Search, AnAppThatCannotRunIsMendedByWhatMakesItRun) {
  json document = fruit().document("app_healthy.json");
  document["input"]["pipeline"][0]["resize"]["width"] = 32;
  auto list = hypotheses();
  list.push_back(hypothesis("P015", "geometry", "resize to the tensor's size", {StepRole::kGeometry},
                            json::array({fruit().document("app_healthy.json")["input"]["pipeline"][0]})));
  const Explanation e = searched(document, list);
  EXPECT_TRUE(e.deployed_failed);
  ASSERT_EQ(codes(e), "P015");
  EXPECT_GE(*e.mended, 0.9);
  EXPECT_FALSE(e.as_deployed);
}

}  // namespace
}  // namespace whyzero::evidence
