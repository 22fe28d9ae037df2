// The assignment against trying every permutation.
#include "numerics/assignment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "base/random.h"

namespace whyzero::numerics {
namespace {

using Matrix = std::vector<std::vector<double>>;

double total(const Matrix& cost, const std::vector<int>& columns) {
  double sum = 0;
  for (size_t i = 0; i < cost.size(); ++i) sum += cost[i][static_cast<size_t>(columns[i])];
  return sum;
}

double least_of_all(const Matrix& cost) {
  std::vector<int> columns(cost.size());
  std::iota(columns.begin(), columns.end(), 0);
  double least = total(cost, columns);
  while (std::next_permutation(columns.begin(), columns.end())) least = std::min(least, total(cost, columns));
  return least;
}

TEST(Assignment, IsTheCheapestPermutation) {
  Random random(3);
  for (size_t n = 1; n <= 7; ++n)
    for (int trial = 0; trial < 40; ++trial) {
      Matrix cost(n, std::vector<double>(n));
      for (auto& row : cost)
        for (double& c : row) c = trial % 2 ? static_cast<double>(random.below(4)) - 2 : random.uniform();  // with ties, and below zero
      const std::vector<int> columns = least_assignment(cost);
      std::vector<int> sorted = columns;
      std::sort(sorted.begin(), sorted.end());
      for (size_t i = 0; i < n; ++i) ASSERT_EQ(sorted[i], static_cast<int>(i));
      ASSERT_NEAR(total(cost, columns), least_of_all(cost), 1e-12);
    }
}

TEST(Assignment, FindsAHiddenOrderOfAThousand) {
  const size_t n = 1000;
  Matrix cost(n, std::vector<double>(n, 1));
  for (size_t i = 0; i < n; ++i) cost[i][i * 617 % n] = 0;
  const std::vector<int> columns = least_assignment(cost);
  for (size_t i = 0; i < n; ++i) ASSERT_EQ(columns[i], static_cast<int>(i * 617 % n));
}

TEST(Assignment, OfNothingIsEmpty) { EXPECT_TRUE(least_assignment({}).empty()); }

}  // namespace
}  // namespace whyzero::numerics
