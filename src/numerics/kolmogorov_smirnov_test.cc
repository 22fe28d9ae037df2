// Against printed tables of Kolmogorov's distribution, and on draws that are and are not what they claim.
#include "numerics/kolmogorov_smirnov.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/random.h"

namespace whyzero::numerics {
namespace {

TEST(KolmogorovSmirnov, CriticalValuesOfTheTables) {
  // Large samples: 1.2239, 1.3581 and 1.6276 over √n are exceeded with probability 0.10, 0.05 and 0.01.
  EXPECT_NEAR(kolmogorov_p(1.2239 / 1000, 1000000), 0.10, 2e-3);
  EXPECT_NEAR(kolmogorov_p(1.3581 / 1000, 1000000), 0.05, 2e-3);
  EXPECT_NEAR(kolmogorov_p(1.6276 / 1000, 1000000), 0.01, 5e-4);
  EXPECT_NEAR(kolmogorov_p(0.409, 10), 0.05, 5e-3) << "the exact table's value for n = 10";
  EXPECT_EQ(kolmogorov_p(0, 50), 1);
}

TEST(KolmogorovSmirnov, DistanceByHand) {
  const std::vector<float> sorted = {0.1f, 0.5f, 0.9f};
  EXPECT_NEAR(kolmogorov_distance(sorted, [](double x) { return x; }), 1 / 3.0 - 0.1, 1e-6);
}

TEST(KolmogorovSmirnov, TellsScalesApart) {
  Random random(7);
  std::vector<float> draws(4000);
  for (float& x : draws) x = static_cast<float>(random.uniform());
  std::sort(draws.begin(), draws.end());
  const auto p = [&](double width) {
    return kolmogorov_p(kolmogorov_distance(draws, [&](double x) { return std::clamp(x / width, 0.0, 1.0); }), draws.size());
  };
  EXPECT_GT(p(1), 0.001);
  EXPECT_LT(p(1.1), 1e-6);
  EXPECT_LT(p(0.9), 1e-6);
}

TEST(KolmogorovSmirnov, NormalCdf) {
  EXPECT_NEAR(normal_cdf(0), 0.5, 1e-15);
  EXPECT_NEAR(normal_cdf(1.959964), 0.975, 1e-6);
}

}  // namespace
}  // namespace whyzero::numerics
