// The score of one answer against formulas in double precision, and who counts as right.
#include "evidence/sample_score.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "app/test_support.h"

namespace whyzero::evidence {
namespace {

using nlohmann::json;

app::Answer answer(std::vector<double> scores, std::optional<int> label) {
  app::Answer a;
  a.shown = a.scores = std::move(scores);
  a.label = label;
  return a;
}

const app::TensorInfo kFloats = app::tensor_of(DType::kFloat32, {1, 4});

SampleScore scored(const app::Answer& a, std::vector<int> classes, const app::TensorInfo& tensor = kFloats, const app::Output& output = {}) {
  return score_sample(output, tensor, a, classes, "truth", 1);
}

double log_softmax(const std::vector<double>& x, size_t k) {
  double sum = 0;
  for (double one : x) sum += std::exp(one - x[k]);
  return -std::log(sum);
}

TEST(SampleScore, IsTheLogProbabilityOfLogits) {
  const std::vector<double> logits = {2.5, -1, 0.5, 3};
  for (size_t k = 0; k < 4; ++k) {
    const SampleScore s = scored(answer(logits, 3), {static_cast<int>(k)});
    EXPECT_NEAR(s.score, log_softmax(logits, k) + (k == 3), 1e-5) << k;
    EXPECT_EQ(s.right, k == 3);
  }
}

TEST(SampleScore, TakesProbabilitiesAsTheyAre) {
  const SampleScore s = scored(answer({0.1, 0.2, 0.6, 0.1}, 2), {1});
  EXPECT_NEAR(s.score, std::log(0.2), 1e-6);
  EXPECT_EQ(s.right, 0);
  // 8-bit probabilities sum to nearly one.
  EXPECT_NEAR(scored(answer({0.25, 0.25, 0.5, 0.04}, 2), {2}).score, std::log(0.5 / 1.04) + 1, 1e-6);
}

TEST(SampleScore, IsClippedWhereAnAnswerIsSureOfSomethingElse) {
  EXPECT_NEAR(std::exp(kLowestScore), 1e-4, 1e-10);
  EXPECT_EQ(scored(answer({0, 0, 0, 900}, 3), {0}).score, kLowestScore);
  EXPECT_EQ(scored(answer({0, 1, 0, 0}, 1), {0}).score, kLowestScore);
  EXPECT_EQ(scored(answer({1, 2, 3, 4}, 3), {}).score, kLowestScore) << "no class can be right";
}

TEST(SampleScore, StandsByRank) {
  const std::vector<double> logits = {5, 4, 4, 1};
  const double expected[] = {-std::log(1.0) + 1, -std::log(2.5), -std::log(2.5), -std::log(4.0)};  // ties share their mean rank
  for (int k = 0; k < 4; ++k) EXPECT_NEAR(scored(answer(logits, 0), {k}).standing, expected[k], 1e-6) << k;
  EXPECT_NEAR(scored(answer({7, 7, 7, 7}, 0), {2}).standing, -std::log(2.5), 1e-6);
  EXPECT_NEAR(scored(answer(logits, 0), {}).standing, -std::log(4.0), 1e-6);
  // Less sure is no better standing, although log p gains.
  EXPECT_EQ(scored(answer({0.9, 0.4, 0.3, 0.1}, 0), {1}).standing, scored(answer({9, 4, 3, 1}, 0), {1}).standing);
}

TEST(SampleScore, EitherOfTwoClassesWithOneTextIsRight) {
  app::Output output;
  output.labels = {"crane", "dog", "crane", "cat"};
  const std::vector<int> classes = app::true_classes(output, "crane", 4);
  ASSERT_EQ(classes, (std::vector<int>{0, 2}));
  const std::vector<double> logits = {1, 0, 2, -1};
  const SampleScore s = scored(answer(logits, 2), classes, kFloats, output);
  EXPECT_EQ(s.right, 1);
  EXPECT_NEAR(s.score, std::log(std::exp(log_softmax(logits, 0)) + std::exp(log_softmax(logits, 2))) + 1, 1e-5);
  EXPECT_NEAR(s.standing, 1, 1e-6);
}

TEST(SampleScore, DequantizesWhatTheAppReadsAsIntegers) {
  const app::TensorInfo tensor = app::tensor_of(DType::kInt8, {1, 4}, 0.125f, -10);
  const std::vector<double> raw = {6, -2, 30, 22};
  const std::vector<double> logits = {2, 1, 5, 4};
  EXPECT_NEAR(scored(answer(raw, 2), {1}, tensor).score, log_softmax(logits, 1), 1e-5);
  app::Output output;
  output.decode = json::array({{{"dequantize", "affine"}}, {{"argmax", json::object()}}});
  EXPECT_NEAR(scored(answer(logits, 2), {1}, tensor, output).score, log_softmax(logits, 1), 1e-5);
}

TEST(SampleScore, ASingleUnitStandsForClassOne) {
  const app::TensorInfo tensor = app::tensor_of(DType::kFloat32, {1, 1});
  EXPECT_EQ(probabilities({}, tensor, answer({0.8}, 1)), (std::vector<double>{1 - 0.8, 0.8}));
  EXPECT_NEAR(probabilities({}, tensor, answer({3}, 1))[1], 1 / (1 + std::exp(-3.0)), 1e-12);
  EXPECT_NEAR(probabilities({}, tensor, answer({-3}, 0))[0], 1 / (1 + std::exp(-3.0)), 1e-12);
  EXPECT_NEAR(scored(answer({0.8}, 1), {0}, tensor).score, std::log(0.2), 1e-6);
  EXPECT_NEAR(scored(answer({0.8}, 1), {1}, tensor).score, std::log(0.8) + 1, 1e-6);
}

TEST(SampleScore, ProbabilitiesAreProbabilitiesWhateverComes) {
  constexpr double kInf = std::numeric_limits<double>::infinity(), kNaN = std::numeric_limits<double>::quiet_NaN();
  for (const std::vector<double>& scores : {std::vector<double>{kNaN, 1, 2, 3}, {kInf, 1, 2, 3}, {-kInf, -kInf, -kInf, -kInf}, {kInf, kInf, 0, 0}, {1e30, -1e30, 0, 0},
                                            {kNaN, kNaN, kNaN, kNaN}, {0, 0, 0, 0}}) {
    const std::vector<double> p = probabilities({}, kFloats, answer(scores, 0));
    EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1, 1e-9) << scores[0] << " " << scores[1];
    for (double one : p) EXPECT_TRUE(one >= 0 && one <= 1) << one;
  }
}

TEST(SampleScore, OfNumbersIsTheErrorInDeviations) {
  const auto of = [](double shown, const std::optional<std::string>& truth) { return score_sample({}, kFloats, answer({shown}, std::nullopt), {}, truth, 4); };
  EXPECT_NEAR(of(10, "8").score, -0.5, 1e-6);
  EXPECT_NEAR(of(6, "8").score, -0.5, 1e-6);
  EXPECT_EQ(of(6, "8").right, -1);
  EXPECT_EQ(of(1e12, "8").score, -1e3f) << "absurd is absurd";
  EXPECT_EQ(of(std::numeric_limits<double>::quiet_NaN(), "8").score, -1e3f);
  EXPECT_EQ(of(10, std::nullopt).score, 0);
  EXPECT_EQ(of(10, "eight").score, 0);
  EXPECT_EQ(of(10, "8").shown, 10);
}

TEST(SampleScore, DeviationAndRSquared) {
  app::Truth truth;
  truth.labels = {"1", "2", "3", std::nullopt, "4", "100"};
  EXPECT_EQ(truth_deviation(truth), 1);  // median 3, distances 2 1 0 1 97
  const std::vector<float> shown = {4, 100, 1.5f, 1};
  const std::vector<size_t> order = {4, 5, 1, 0};
  const double mean = 107.0 / 4, total = 16 + 10000 + 4 + 1 - 4 * mean * mean;
  EXPECT_NEAR(*r_squared(shown, truth, order), 1 - 0.25 / total, 1e-9);
  truth.labels = {"7", "7"};
  EXPECT_EQ(truth_deviation(truth), 1);
  truth.labels = {"cat"};
  EXPECT_EQ(truth_deviation(truth), 1);
}

TEST(SampleScore, TrueClassesFollowTheOrder) {
  app::Output output;
  output.labels = {"a", "b", "c"};
  app::Truth truth;
  truth.labels = {"c", std::nullopt, "a", "nobody"};
  const std::vector<size_t> order = {2, 0, 1, 3};
  EXPECT_EQ(*true_classes_of_samples(output, truth, order, 3), (std::vector<std::vector<int>>{{0}, {2}, {}, {}}));
  output.label_offset = 1;
  EXPECT_EQ(*true_classes_of_samples(output, truth, order, 3), (std::vector<std::vector<int>>{{}, {1}, {}, {}}));
}

}  // namespace
}  // namespace whyzero::evidence
