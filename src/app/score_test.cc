// Scores of answers against truths, worked out by hand.
#include "app/score.h"

#include <gtest/gtest.h>

#include <cmath>

namespace whyzero::app {
namespace {

Answer shown_class(int label, std::vector<double> scores = {}) {
  Answer answer;
  answer.label = label;
  answer.scores = scores;
  answer.shown = scores;
  return answer;
}

Truth truth_of(std::vector<std::optional<std::string>> labels) {
  Truth truth;
  truth.labels = std::move(labels);
  return truth;
}

TEST(Score, CountsRightClasses) {
  Output output;
  output.labels = {"a", "b", "a"};
  const auto truth = truth_of({"a", "b", std::nullopt});
  EXPECT_EQ(score(output, {shown_class(2), shown_class(1), shown_class(0)}, truth).value, 1.0);
  const Scored half = score(output, {shown_class(0), std::nullopt, shown_class(7)}, truth);
  EXPECT_EQ(half.value, 1.0);
  EXPECT_EQ(half.samples, 2);
  EXPECT_FALSE(half.correct[1]);
  EXPECT_EQ(half.predictions.at("a"), 1);
  EXPECT_EQ(half.predictions.size(), 2u);
  output.label_offset = 1;
  EXPECT_EQ(score(output, {shown_class(0), shown_class(0)}, truth).value, 0.5);
}

TEST(Score, TakesLineNumbers) {
  Output output;
  output.labels = {"a", "b", "c"};
  EXPECT_TRUE(is_correct(output, 2, "2"));
  output.label_offset = 1;
  EXPECT_TRUE(is_correct(output, 1, "2"));
  EXPECT_FALSE(is_correct(output, 2, "2"));
  EXPECT_EQ(true_classes(output, "2", 3), (std::vector<int>{1}));
  EXPECT_EQ(true_classes(output, "c", 3), (std::vector<int>{1}));
  EXPECT_TRUE(true_classes(output, "d", 3).empty());
  output.labels = {"crane", "x", "crane"};
  output.label_offset = 0;
  EXPECT_EQ(true_classes(output, "crane", 3), (std::vector<int>{0, 2}));
  output.labels.reset();
  EXPECT_TRUE(is_correct(output, 5, "5"));
}

TEST(Score, MeasuresNumbers) {
  const auto number = [](double x) {
    Answer answer;
    answer.shown = answer.scores = {x};
    return answer;
  };
  const auto truth = truth_of({"1", "2", "3"});
  EXPECT_EQ(score({}, {number(1), number(2), number(3)}, truth).value, 1.0);
  const Scored off = score({}, {number(1), number(2), number(4)}, truth);
  EXPECT_EQ(off.metric, Metric::kR2);
  EXPECT_DOUBLE_EQ(*off.value, 0.5);
  EXPECT_LT(*score({}, {number(NAN), number(2), number(3)}, truth).value, -1e17);
}

TEST(Score, MeasuresConfidence) {
  Output output;
  output.reports = "probability";
  const auto truth = truth_of({"1", "0"});
  const Scored scored = score(output, {shown_class(1, {0.2, 0.8}), shown_class(1, {0.1, 0.9})}, truth);
  EXPECT_EQ(scored.metric, Metric::kConfidence);
  EXPECT_NEAR(*scored.value, 1 - (0.04 + 0.81) / 2, 1e-12);
  const Scored binary = score(output, {shown_class(1, {0.8}), shown_class(0, {0.3})}, truth);
  EXPECT_NEAR(*binary.value, 1 - (0.04 + 0.09) / 2, 1e-12);
}

TEST(Score, KnowsNothingWithoutTruth) { EXPECT_FALSE(score({}, {shown_class(1)}, truth_of({std::nullopt})).value); }

}  // namespace
}  // namespace whyzero::app
