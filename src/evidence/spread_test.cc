// Mutual information against its formula in double precision, and independence of the order.
#include "evidence/spread.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.h"

namespace whyzero::evidence {
namespace {

std::vector<std::vector<double>> random_answers(size_t samples, size_t classes, uint64_t seed) {
  Random random(seed);
  std::vector<std::vector<double>> answers(samples, std::vector<double>(classes));
  for (auto& p : answers) {
    for (double& x : p) x = std::pow(random.uniform(), 4);
    const double sum = std::accumulate(p.begin(), p.end(), 0.0);
    for (double& x : p) x /= sum;
  }
  return answers;
}

int decision(const std::vector<double>& p) { return static_cast<int>(std::max_element(p.begin(), p.end()) - p.begin()); }

TEST(Spread, IsTheMeanDivergenceFromTheMeanAnswer) {
  const auto answers = random_answers(40, 7, 1);
  std::vector<double> mean(7, 0);
  Spread spread;
  for (const auto& p : answers) {
    spread.add(p, decision(p));
    for (size_t c = 0; c < 7; ++c) mean[c] += p[c] / 40;
  }
  double divergence = 0;
  for (const auto& p : answers)
    for (size_t c = 0; c < 7; ++c) divergence += p[c] * std::log(p[c] / mean[c]) / 40;
  EXPECT_NEAR(spread.information(), divergence, 1e-9);
  EXPECT_EQ(spread.samples(), 40);
  EXPECT_NEAR(spread.most(), std::log(7.0), 1e-12);
}

TEST(Spread, KnowsTheExtremes) {
  Spread same, sure;
  for (int k = 0; k < 8; ++k) {
    same.add(std::vector<double>{0.1, 0.9}, 1);
    sure.add(std::vector<double>{k % 2 ? 1.0 : 0.0, k % 2 ? 0.0 : 1.0}, k % 2);
  }
  EXPECT_NEAR(same.information(), 0, 1e-9);
  EXPECT_NEAR(same.diversity(), 0, 1e-12);
  EXPECT_NEAR(sure.information(), std::log(2.0), 1e-9);
  EXPECT_NEAR(sure.diversity(), std::log(2.0), 1e-12);
  EXPECT_EQ(Spread().information(), 0);
  EXPECT_EQ(Spread().most(), 0);
}

TEST(Spread, DoesNotDependOnTheOrder) {
  auto answers = random_answers(100, 50, 2);
  Spread one, other;
  for (const auto& p : answers) one.add(p, decision(p));
  std::reverse(answers.begin(), answers.end());
  for (const auto& p : answers) other.add(p, decision(p));
  EXPECT_EQ(one.information(), other.information()) << "to the bit";
}

}  // namespace
}  // namespace whyzero::evidence
