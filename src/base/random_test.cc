// The generator gives the published numbers of splitmix64, and what is built on it is fair.
#include "base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <vector>

namespace whyzero {
namespace {

TEST(Random, IsSplitmix64) {
  Random random(1234567);
  for (uint64_t expected : {6457827717110365317u, 3203168211198807973u, 9817491932198370423u, 4593380528125082431u, 16408922859458223821u})
    EXPECT_EQ(random.next(), expected);
  EXPECT_EQ(Random(0).next(), 0xe220a8397b1dcdafu);
}

TEST(Random, UniformNumbersFillTheUnitInterval) {
  Random random(1);
  double sum = 0, low = 1, high = 0;
  for (int i = 0; i < 10000; ++i) {
    const double x = random.uniform();
    sum += x;
    low = std::min(low, x);
    high = std::max(high, x);
  }
  EXPECT_GE(low, 0);
  EXPECT_LT(high, 1);
  EXPECT_LT(low, 0.01);
  EXPECT_GT(high, 0.99);
  EXPECT_NEAR(sum / 10000, 0.5, 0.0144);  // five deviations of the mean: 5 / sqrt(12 · 10000)
}

TEST(Random, EveryOrderIsAsLikely) {
  std::map<std::vector<int>, int> orders;
  Random random(2);
  for (int i = 0; i < 6000; ++i) {
    std::vector<int> items = {0, 1, 2};
    random.shuffle(std::span<int>(items));
    ++orders[items];
  }
  EXPECT_EQ(orders.size(), 6u);
  for (const auto& [order, count] : orders) EXPECT_NEAR(count, 1000, 145);  // five deviations of a binomial
}

TEST(Random, SameSeedSameOrder) {
  std::vector<int> a(50), b;
  std::iota(a.begin(), a.end(), 0);
  b = a;
  Random(7).shuffle(std::span<int>(a));
  Random(7).shuffle(std::span<int>(b));
  EXPECT_EQ(a, b);
  EXPECT_FALSE(std::is_sorted(a.begin(), a.end()));
}

}  // namespace
}  // namespace whyzero
