#include "quantize/activation_range.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace whyzero::quantize {
namespace {

constexpr Grid kGrid{0.5f, 10, -128, 127};  // -69 … 58.5

TEST(ActivationRange, RoundsToTheNearestOfTheIntegersAndClampsToTheirEnds) {
  std::vector<float> values = {0.2f, 0.3f, -68.9f, -500, 58.4f, 1e9f, std::numeric_limits<float>::quiet_NaN()};
  round_to_grid(kGrid, values);
  EXPECT_EQ(values, (std::vector<float>{0, 0.5f, -69, -69, 58.5f, 58.5f, -69}));
}

TEST(ActivationRange, HalfAStepBeyondTheEndIsNoClipping) {
  const ActivationRange range = measure_range(kGrid, std::vector<float>{58.7f, -69.2f, 59, 0});
  EXPECT_EQ(range.clipped, 1u);
  EXPECT_DOUBLE_EQ(range.clipped_share(), 0.25);
  EXPECT_NEAR(range.clip_error, 0.25, 1e-6);
  EXPECT_NEAR(range.round_error, 0.04 + 0.04, 1e-5);
  EXPECT_TRUE(range.clips());
}

TEST(ActivationRange, UniformValuesLoseTheTwelfthOfASquaredStep) {
  // SQNR of uniform noise over L steps is L²: 20·log10(100) for 100 steps.
  std::vector<float> values;
  for (int k = 0; k < 20000; ++k) values.push_back(-25 + 50 * (static_cast<float>(k) + 0.5f) / 20000);
  const ActivationRange range = measure_range(kGrid, values);
  EXPECT_NEAR(range.sqnr_db(), 40, 0.1);
  EXPECT_NEAR(range.levels_used(kGrid), 101, 0.1);
  EXPECT_FALSE(range.clips());
}

TEST(ActivationRange, PartsAddUpToTheWhole) {
  const std::vector<float> all = {1, 2.3f, -80, 7, 90, 0.1f};
  ActivationRange parts = measure_range(kGrid, std::span(all).first(2));
  parts.add(measure_range(kGrid, std::span(all).subspan(2)));
  const ActivationRange whole = measure_range(kGrid, all);
  EXPECT_EQ(parts.clipped, whole.clipped);
  EXPECT_EQ(parts.low, whole.low);
  EXPECT_EQ(parts.high, whole.high);
  EXPECT_NEAR(parts.sqnr_db(), whole.sqnr_db(), 1e-9);
}

TEST(ActivationRange, AConstantHasNoErrorToSpeakOf) { EXPECT_GT(measure_range(kGrid, std::vector<float>{1, 1, 1}).sqnr_db(), 100); }

}  // namespace
}  // namespace whyzero::quantize
