// Sizes at the edge of what fits.
#include "base/checked.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace whyzero {
namespace {

constexpr size_t kMax = std::numeric_limits<size_t>::max();

TEST(Checked, TellsOverflow) {
  EXPECT_EQ(checked_mul(3, 5), 15u);
  EXPECT_EQ(checked_mul(kMax / 3, 3), kMax);
  EXPECT_EQ(checked_mul(kMax / 3 + 1, 3), std::nullopt);
  EXPECT_EQ(checked_mul(kMax, 0), 0u);
  EXPECT_EQ(checked_add(kMax - 1, 1), kMax);
  EXPECT_EQ(checked_add(kMax, 1), std::nullopt);
}

TEST(Checked, CountsElements) {
  const auto count = [](std::vector<int32_t> shape) { return checked_elements(shape); };
  EXPECT_EQ(count({}), 1u);
  EXPECT_EQ(count({2, 3, 4}), 24u);
  EXPECT_EQ(count({7, 0}), 0u);
  EXPECT_EQ(count({2, -1}), std::nullopt);
  constexpr int32_t kBig = std::numeric_limits<int32_t>::max();
  EXPECT_EQ(count({kBig, kBig}), size_t{4611686014132420609u});
  EXPECT_EQ(count({kBig, kBig, 5}), std::nullopt);
}

}  // namespace
}  // namespace whyzero
