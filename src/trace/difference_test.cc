// What counts as rounding and what does not.
#include "trace/difference.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "graph/builder.h"

namespace whyzero::trace {
namespace {

template <class T>
TensorValue value(const std::vector<T>& elements, double scale = 0, int64_t zero_point = 0) {
  TensorValue v;
  v.array.dtype = graph::dtype_of<T>();
  v.array.shape = {static_cast<int64_t>(elements.size())};
  v.array.data.resize(elements.size() * sizeof(T));
  std::memcpy(v.array.data.data(), elements.data(), v.array.data.size());
  v.scale = scale;
  v.zero_point = zero_point;
  return v;
}

TEST(DifferenceTest, OneStepOfQuantizedIntegersIsRoundingTwoAreNot) {
  const auto a = value<int8_t>({10, -3, 7}, 0.5);
  EXPECT_EQ(difference(a, a).agreement, Agreement::kEqual);
  const Difference one = difference(a, value<int8_t>({11, -3, 7}, 0.5));
  EXPECT_EQ(one.agreement, Agreement::kRounding);
  EXPECT_EQ(one.error_steps, 1);
  EXPECT_EQ(one.max_error, 0.5);
  EXPECT_EQ(one.differing, 1u);
  EXPECT_EQ(difference(a, value<int8_t>({12, -3, 7}, 0.5)).agreement, Agreement::kDifferent);
}

TEST(DifferenceTest, IndicesAndTruthValuesHaveNoRounding) {
  EXPECT_EQ(difference(value<int32_t>({4, 5}), value<int32_t>({4, 6})).agreement, Agreement::kDifferent);
}

TEST(DifferenceTest, FloatsAreMeasuredAgainstTheLargest) {
  const auto a = value<float>({100.0f, 0.001f});
  EXPECT_EQ(difference(a, value<float>({100.0005f, 0.0012f})).agreement, Agreement::kRounding);
  const Difference d = difference(a, value<float>({100.0f, 0.1f}));
  EXPECT_EQ(d.agreement, Agreement::kDifferent);
  EXPECT_NEAR(d.max_error, 0.099, 1e-6);
  EXPECT_NEAR(d.sqnr_db, 10 * std::log10(10000.000001 / (0.099 * 0.099)), 1e-3);
  EXPECT_EQ(difference(value<float>({0.0f}), value<float>({-0.0f})).agreement, Agreement::kEqual);
}

TEST(DifferenceTest, NonFiniteValuesMustStandInTheSamePlaces) {
  const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  EXPECT_FALSE(difference(value<float>({nan, inf, 1}), value<float>({-nan, inf, 1})).beyond_rounding());
  EXPECT_TRUE(difference(value<float>({nan, 1}), value<float>({0, 1})).other_non_finite);
  EXPECT_TRUE(difference(value<float>({inf}), value<float>({-inf})).beyond_rounding());
}

TEST(DifferenceTest, AFloatAgainstItsQuantizedTwinMayBeAStepApart) {
  const auto real = value<float>({0.26f, -1.0f, 0.5f});
  const auto twin = value<uint8_t>({131, 126, 130}, 0.5, 128);  // 1.5, -1, 1
  const Difference d = difference(real, value<uint8_t>({129, 126, 129}, 0.5, 128));  // 0.5, -1, 0.5
  EXPECT_EQ(d.agreement, Agreement::kRounding);
  EXPECT_NEAR(d.max_error, 0.24, 1e-6);
  EXPECT_EQ(difference(real, twin).agreement, Agreement::kDifferent);
}

TEST(DifferenceTest, NoiseOfQuantizationLiesTwentyDecibelsBelow) {
  // Signal 100^2, noise 9^2 and 11^2: 20.9 and 19.2 dB.
  const auto real = value<float>({100, 0});
  EXPECT_EQ(difference(real, value<int8_t>({91, 0}, 1.0)).agreement, Agreement::kNoise);
  EXPECT_EQ(difference(real, value<int8_t>({89, 0}, 1.0)).agreement, Agreement::kDifferent);
  EXPECT_EQ(difference(real, value<float>({91, 0})).agreement, Agreement::kDifferent) << "floats on both sides";
  EXPECT_EQ(difference(real, value<float>({91, 0}), true).agreement, Agreement::kNoise) << "weights in fewer bits";
  EXPECT_EQ(difference(value<int8_t>({100, 0}, 1.0), value<int8_t>({91, 0}, 1.0)).agreement, Agreement::kDifferent) << "the same steps";
  EXPECT_FALSE(difference(real, value<int8_t>({91, 0}, 1.0)).beyond_rounding());
}

TEST(DifferenceTest, OtherShapesAreNotCompared) {
  const Difference d = difference(value<float>({1, 2}), value<float>({1}));
  EXPECT_EQ(d.agreement, Agreement::kIncomparable);
  EXPECT_EQ(d.why, "shapes [2] and [1]");
}

TEST(DifferenceTest, MergingKeepsTheWorse) {
  Difference sum = difference(value<int8_t>({1, 2}, 1), value<int8_t>({1, 3}, 1));
  sum.merge(difference(value<int8_t>({1, 2}, 1), value<int8_t>({5, 2}, 1)));
  EXPECT_EQ(sum.agreement, Agreement::kDifferent);
  EXPECT_EQ(sum.error_steps, 4);
  EXPECT_EQ(sum.elements, 4u);
  EXPECT_EQ(sum.differing, 2u);
}

}  // namespace
}  // namespace whyzero::trace
