// The sign-flip test against brute force, against its promise under the null, and the plain formulas beside it.
#include "numerics/sign_flip.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/random.h"

namespace whyzero::numerics {
namespace {

using Rows = std::vector<std::vector<float>>;
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

double t_of(const std::vector<float>& row, unsigned signs) {
  double sum = 0, squares = 0;
  for (size_t i = 0; i < row.size(); ++i) {
    if (std::isnan(row[i])) continue;
    sum += (signs >> i & 1 ? -1.0 : 1.0) * row[i];
    squares += double(row[i]) * row[i];
  }
  return squares > 0 ? sum / std::sqrt(squares) : 0;
}

/// Share of all sign vectors whose maximum over the rows reaches this row's own T.
double brute_force(const Rows& rows, size_t row) {
  const unsigned count = 1u << rows[0].size();
  unsigned reached = 0;
  for (unsigned signs = 0; signs < count; ++signs) {
    double highest = -1e9;
    for (const auto& one : rows) highest = std::max(highest, t_of(one, signs));
    reached += highest >= t_of(rows[row], 0) - 1e-5;
  }
  return double(reached) / count;
}

double normal(Random& random) { return std::sqrt(-2 * std::log(1 - random.uniform())) * std::cos(2 * M_PI * random.uniform()); }

Rows random_rows(Random& random, size_t count, size_t samples, double shift, double missing = 0) {
  Rows rows(count, std::vector<float>(samples));
  for (auto& row : rows)
    for (float& d : row) d = random.uniform() < missing ? kNaN : static_cast<float>(normal(random) + shift);
  return rows;
}

TEST(SignFlip, EqualsBruteForceWhereSamplesAreFew) {
  Random random(1);
  for (int round = 0; round < 40; ++round) {
    const size_t samples = 1 + random.below(9), count = 1 + random.below(4);
    const Rows rows = random_rows(random, count, samples, 0.7, round % 2 ? 0.25 : 0.0);
    const MaxT result = sign_flip_max_t(rows, 5);
    ASSERT_EQ(result.p.size(), count);
    for (size_t r = 0; r < count; ++r) {
      const double t = t_of(rows[r], 0);
      const double bound = std::min(1.0, double(count) * sign_flip_tail_bound(t));
      EXPECT_NEAR(result.p[r], t <= 0 ? 1.0 : std::min(brute_force(rows, r), bound), 1e-9) << "round " << round << ", row " << r;
    }
  }
}

TEST(SignFlip, RandomFlipsComeNearTheExactValue) {
  // With 1000 flips, 2^12 sign vectors are too many for the exhaustive way.
  Random random(2);
  for (int round = 0; round < 5; ++round) {
    const Rows rows = random_rows(random, 3, 12, 0.4);
    const MaxT result = sign_flip_max_t(rows, 9, 1000);
    for (size_t r = 0; r < rows.size(); ++r) {
      const double exact = t_of(rows[r], 0) <= 0 ? 1 : brute_force(rows, r);
      EXPECT_NEAR(result.p[r], exact, 5 * std::sqrt(0.25 / 1000));
    }
  }
}

TEST(SignFlip, KeepsItsPromiseUnderTheNull) {
  // The smallest of twenty p-values is what a search reports; it must be below 0.05 in at most 5 % of healthy apps.
  Random random(3);
  constexpr int kRounds = 600;
  int below = 0, halfway = 0;
  for (int round = 0; round < kRounds; ++round) {
    Rows rows = random_rows(random, 20, 30, 0);
    for (size_t r = 1; r < rows.size(); r += 2)  // hypotheses of one cause are alike
      for (size_t i = 0; i < rows[r].size(); ++i) rows[r][i] = 0.8f * rows[r - 1][i] + 0.6f * rows[r][i];
    const MaxT result = sign_flip_max_t(rows, static_cast<uint64_t>(round), 400);
    const double smallest = *std::min_element(result.p.begin(), result.p.end());
    below += smallest < 0.05;
    halfway += smallest < 0.5;
  }
  const auto deviation = [](double share) { return std::sqrt(share * (1 - share) / kRounds); };
  EXPECT_LT(below / double(kRounds), 0.05 + 3 * deviation(0.05));
  EXPECT_GT(below / double(kRounds), 0.05 - 3 * deviation(0.05)) << "much power is thrown away";
  EXPECT_NEAR(halfway / double(kRounds), 0.5, 4 * deviation(0.5));
}

TEST(SignFlip, FindsAnEffectAndPaysForTheChoice) {
  Random random(4);
  Rows rows = random_rows(random, 30, 50, 0);
  for (float& d : rows[7]) d += 1.5f;
  const MaxT all = sign_flip_max_t(rows, 1), alone = sign_flip_max_t({rows[7]}, 1);
  EXPECT_LT(all.p[7], 1e-4);
  EXPECT_GE(all.p[7], alone.p[0]);
  for (size_t r = 0; r < rows.size(); ++r) {
    if (r != 7) {
      EXPECT_GT(all.p[r], 0.001) << r;
    }
  }
}

TEST(SignFlip, SamplesThatWereNotMeasuredAreLeftOut) {
  Random random(5);
  Rows rows = random_rows(random, 3, 10, 0.8);
  Rows with_gaps = rows;
  for (auto& row : with_gaps) row.insert(row.begin() + 4, kNaN);
  with_gaps.push_back(std::vector<float>(11, kNaN));
  const MaxT expected = sign_flip_max_t(rows, 1), got = sign_flip_max_t(with_gaps, 1);
  for (size_t r = 0; r < rows.size(); ++r) EXPECT_NEAR(got.p[r], expected.p[r], 0.02) << r;
  EXPECT_EQ(got.p[3], 1.0);
  EXPECT_DOUBLE_EQ(self_normalized_sum(rows[0]), self_normalized_sum(with_gaps[0]));
  EXPECT_EQ(self_normalized_sum(with_gaps[3]), 0.0);
  EXPECT_TRUE(sign_flip_max_t({}, 1).p.empty());
}

TEST(SignFlip, SameSeedSameAnswer) {
  Random random(6);
  const Rows rows = random_rows(random, 5, 40, 0.1);
  EXPECT_EQ(sign_flip_max_t(rows, 11).p, sign_flip_max_t(rows, 11).p);
  EXPECT_NE(sign_flip_max_t(rows, 11).p, sign_flip_max_t(rows, 12).p);
}

TEST(SignFlip, TheTailBoundIsABound) {
  Random random(7);
  for (int round = 0; round < 60; ++round) {
    const size_t n = 1 + random.below(12);
    std::vector<float> d(n);
    for (float& x : d) x = static_cast<float>(std::exp(2 * normal(random)));  // a few samples outweigh the rest
    std::vector<double> all;
    for (unsigned signs = 0; signs < 1u << n; ++signs) all.push_back(t_of(d, signs));
    for (double t : {0.5, 1.0, 1.5, 2.0, 2.5, 3.0, t_of(d, 0)}) {
      const auto reached = std::count_if(all.begin(), all.end(), [&](double one) { return one >= t - 1e-12; });
      EXPECT_LE(double(reached) / double(all.size()), sign_flip_tail_bound(t) + 1e-12) << "t " << t << ", n " << n;
    }
  }
  EXPECT_EQ(sign_flip_tail_bound(0), 1.0);
  EXPECT_EQ(sign_flip_tail_bound(-3), 1.0);
  // 4.46 · 9.8659e-10 (normal tail at 6)
  EXPECT_NEAR(sign_flip_tail_bound(6), 4.400e-9, 1e-12);
}

TEST(SignFlip, WinsOnAllSamplesGoBelowTheNumberOfFlips) {
  const Rows rows = {std::vector<float>(100, 1.0f)};  // T = 10
  EXPECT_LT(sign_flip_max_t(rows, 1).p[0], 1e-20);
}

TEST(McNemar, EqualsTheBinomialTest) {
  // scipy.stats.binomtest(min, n, 0.5).pvalue
  EXPECT_DOUBLE_EQ(mcnemar_exact(0, 0), 1.0);
  EXPECT_NEAR(mcnemar_exact(6, 0), 0.03125, 1e-12);
  EXPECT_NEAR(mcnemar_exact(0, 6), 0.03125, 1e-12);
  EXPECT_NEAR(mcnemar_exact(10, 2), 0.03857421875, 1e-12);
  EXPECT_NEAR(mcnemar_exact(5, 5), 1.0, 1e-12);
  EXPECT_NEAR(mcnemar_exact(20, 0), 1.9073486328125e-06, 1e-17);
  EXPECT_NEAR(mcnemar_exact(300, 100) / 2.59188691e-24, 1, 1e-3);  // no overflow on the way
}

TEST(Wilson, EqualsTheFormula) {
  // statsmodels proportion_confint(method="wilson")
  const Interval half = wilson_interval(5, 10), none = wilson_interval(0, 20), all = wilson_interval(120, 120);
  EXPECT_NEAR(half.low, 0.2365930906, 1e-9);
  EXPECT_NEAR(half.high, 0.7634069094, 1e-9);
  EXPECT_NEAR(none.low, 0.0, 1e-12);
  EXPECT_NEAR(none.high, 0.1611251580, 1e-9);
  EXPECT_NEAR(all.low, 0.9689808336, 1e-9);
  EXPECT_NEAR(all.high, 1.0, 1e-12);
  const Interval unknown = wilson_interval(0, 0);
  EXPECT_EQ(unknown.low, 0);
  EXPECT_EQ(unknown.high, 1);
}

}  // namespace
}  // namespace whyzero::numerics
