// Where guessing begins: shares of right answers against the number of classes, R² against the mean.
#include "evidence/chance.h"

#include <gtest/gtest.h>

namespace whyzero::evidence {
namespace {

Case measured(app::Metric metric, double value, int samples, int classes) {
  Case a_case;
  a_case.truth.labels = {"a"};
  a_case.classes = classes;
  a_case.symptom.evaluation.scored.metric = metric;
  a_case.symptom.evaluation.scored.value = value;
  a_case.symptom.evaluation.scored.samples = samples;
  return a_case;
}

bool chance(app::Metric metric, double value, int samples, int classes) { return at_chance(measured(metric, value, samples, classes)); }

TEST(Chance, ClassesAndNumbers) {
  EXPECT_TRUE(chance(app::Metric::kTop1, 0.10, 100, 10));
  EXPECT_FALSE(chance(app::Metric::kTop1, 0.60, 100, 10));
  EXPECT_FALSE(chance(app::Metric::kTop1, 0.50, 100, 1000)) << "a weak model of many classes";
  EXPECT_TRUE(chance(app::Metric::kTop1, 0.45, 100, 2));
  EXPECT_FALSE(chance(app::Metric::kTop1, 0.70, 100, 2));
  EXPECT_TRUE(chance(app::Metric::kR2, -0.2, 100, 1));
  EXPECT_FALSE(chance(app::Metric::kR2, 0.3, 100, 1));
  Case unlabelled;
  EXPECT_FALSE(at_chance(unlabelled));
}

TEST(Chance, SeldomRight) {
  EXPECT_FALSE(chance(app::Metric::kTop1, 0.21, 100, 10));
  EXPECT_TRUE(seldom_right(measured(app::Metric::kTop1, 0.21, 100, 10)));
  EXPECT_TRUE(seldom_right(measured(app::Metric::kTop1, 0.10, 100, 10)));
  EXPECT_FALSE(seldom_right(measured(app::Metric::kTop1, 0.30, 20, 10))) << "too few to be sure";
  EXPECT_FALSE(seldom_right(measured(app::Metric::kTop1, 0.35, 200, 10)));
  EXPECT_FALSE(seldom_right(measured(app::Metric::kR2, 0.3, 100, 1)));
}

TEST(Chance, WhatDoesWellLeavesNothingToExplain) {
  EXPECT_TRUE(leaves_to_explain(measured(app::Metric::kTop1, 0.89, 100, 10)));
  EXPECT_FALSE(leaves_to_explain(measured(app::Metric::kTop1, 0.90, 100, 10)));
  EXPECT_FALSE(leaves_to_explain(Case{})) << "nothing was measured";
  Case refused = measured(app::Metric::kTop1, 0.5, 100, 10);
  refused.symptom.failure = Error{ErrorCode::kShapeMismatch, "refused"};
  EXPECT_FALSE(leaves_to_explain(refused));
}

}  // namespace
}  // namespace whyzero::evidence
