// The race on the demo's photos: what helps stays, what hurts goes early, and a healthy app costs few runs.
#include "evidence/race.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/case.h"

namespace whyzero::evidence {
namespace {

using nlohmann::json;

Hypothesis with_step(std::string code, size_t place, json step) {
  Hypothesis h;
  h.code = std::move(code);
  h.axis = h.code;
  h.edit = [place, step = std::move(step)](const json& document) -> std::optional<json> {
    json changed = document;
    json& pipeline = changed["input"]["pipeline"];
    pipeline.insert(pipeline.begin() + static_cast<std::ptrdiff_t>(std::min(place, pipeline.size())), step);
    return changed;
  };
  return h;
}

/// The other order of the channels.
Hypothesis swap() {
  Hypothesis h = with_step("swap", 1, {});
  h.edit = [](const json& document) -> std::optional<json> {
    json changed = document;
    json& pipeline = changed["input"]["pipeline"];
    for (json& step : pipeline)
      if (step.contains("channels")) {
        step["channels"] = step["channels"] == "bgr" ? "rgb" : "bgr";
        return changed;
      }
    pipeline.insert(pipeline.begin() + 1, {{"channels", "bgr"}});
    return changed;
  };
  return h;
}

/// The metric above which the demo does more than guess.
constexpr double kWorks = 0.4;

/// One mends the broken app; all others are harmless, harmful or absurd.
std::vector<Hypothesis> hypotheses() {
  return {swap(), with_step("mirror", 0, {{"flip", "horizontal"}}), with_step("upside-down", 0, {{"rotate", 180}}),
          with_step("blank", 9, {{"constant", 0}}), with_step("gray", 1, {{"channels", "gray3"}})};
}

struct Raced {
  std::vector<std::string> left;
  size_t runs = 0, samples = 0;
};

/// `fields`: the chains that race; none: every change by itself.
Raced raced(const char* file, double needed_t, std::vector<Members> fields = {}) {
  static const toy::Fruit fruit(12);
  const auto a_case = toy::case_of(fruit.document(file), fruit.folder());
  Lab lab(*a_case, {.threads = 1, .seed = 1});
  const auto list = hypotheses();
  const int base = *lab.add(a_case->experiment);
  EXPECT_TRUE(lab.measure(std::vector<int>{base}, lab.samples()));
  Chains chains(lab, list, a_case->experiment, base);
  std::vector<const Chain*> field;
  if (fields.empty())
    for (int h = 0; h < static_cast<int>(list.size()); ++h) fields.push_back({h});
  for (const Members& members : fields)
    if (const Chain* one = chains.chain(members)) field.push_back(one);
  const size_t before = lab.runs();
  const auto left = race(lab, chains, field, {.against = base, .needed_t = needed_t, .always_kept = 1, .hidden_below = kWorks});
  EXPECT_TRUE(left);
  Raced result;
  for (const Chain* one : *left) {
    std::string name;
    for (int h : one->members) name += (name.empty() ? "" : "+") + list[static_cast<size_t>(h)].code;
    result.left.push_back(name);
    EXPECT_EQ(static_cast<size_t>(lab.compare(one->id, base).samples), std::min(lab.samples(), kRaced)) << "survivors have run to the end";
  }
  result.runs = lab.runs() - before;
  result.samples = lab.samples();
  return result;
}

TEST(Race, WhatMendsTheAppWins) {
  const Raced bgr = raced("app.json", 4);
  ASSERT_FALSE(bgr.left.empty());
  EXPECT_EQ(bgr.left[0], "swap");
  EXPECT_EQ(std::count(bgr.left.begin(), bgr.left.end(), "blank"), 0);
}

TEST(Race, WhatBuildsOnAWorkingChangeWaits) {
  const Raced beside = raced("app.json", 4, {{0}, {0, 1}});
  EXPECT_EQ(beside.left, std::vector<std::string>{"swap"});
  const Raced alone = raced("app.json", 4, {{1}, {0, 1}});
  ASSERT_FALSE(alone.left.empty());
  EXPECT_EQ(alone.left[0], "swap+mirror") << "nothing else would bring it back";
}

TEST(Race, AHealthyAppCostsLittle) {
  const Raced healthy = raced("app_healthy.json", 4);
  EXPECT_EQ(healthy.left.size(), 1u) << "the best of the losers is kept to be shown";
  EXPECT_LT(healthy.runs, hypotheses().size() * healthy.samples / 2);
}

TEST(Race, WhatMayYetBeRealIsNotDropped) {
  Lab::Comparison c;
  c.samples = 8;
  c.standing_t = 1.5;
  EXPECT_GT(t_at_most(c, 200), 4);
  EXPECT_LT(t_at_most(c, 8), 4) << "no more samples will come";
  c.standing_t = -1.8;
  c.t = -1.8;
  EXPECT_LT(t_at_most(c, 200), 4);
}

}  // namespace
}  // namespace whyzero::evidence
