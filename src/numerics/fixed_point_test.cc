// Fixed-point arithmetic against the same numbers in double precision, and its behaviour at the edges.
#include "numerics/fixed_point.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "base/random.h"
#include "numerics/fixed_point16.h"
#include "numerics/half.h"
#include "numerics/half_from_double.h"

namespace whyzero {
namespace {

TEST(Multiplier, HoldsTheFactorTo31Bits) {
  for (double factor : {1.0, 0.5, 0.7, 3.14159, 1e-6, 123456.0, 0x1.fffffffffp-1}) {
    const Multiplier m = multiplier_from_real(factor);
    EXPECT_NEAR(m.value * std::exp2(m.shift - 31), factor, factor * 0x1p-31) << factor;
    EXPECT_GE(m.value, 1 << 30) << factor;
  }
  EXPECT_EQ(multiplier_from_real(0.0).value, 0);
  EXPECT_EQ(multiplier_from_real(1e-30).value, 0);
  EXPECT_EQ(multiplier_from_real(INFINITY).shift, 30);
  EXPECT_EQ(multiplier_from_real(NAN).value, 0);
}

TEST(Multiply, IsWithinOneOfTheRealProduct) {
  for (uint64_t seed = 1; seed <= 2000; ++seed) {
    Random random(seed);
    const auto x = static_cast<int32_t>(random.next() % (1u << 24)) - (1 << 23);
    const double factor = std::exp2(random.uniform() * 20 - 14);
    const Multiplier m = multiplier_from_real(factor);
    const double product = x * factor;
    if (std::abs(product) > 1e9) continue;
    ASSERT_NEAR(multiply(x, m), product, 1.0 + std::abs(product) * 0x1p-30) << "seed " << seed;
    ASSERT_NEAR(multiply_half_up(x, m), product, 1.0 + std::abs(product) * 0x1p-30) << "seed " << seed;
    ASSERT_NEAR(multiply_rounding_once(int64_t{x}, m), product, 0.5 + std::abs(product) * 0x1p-30) << "seed " << seed;
    ASSERT_NEAR(multiply(int64_t{x}, m), product, 0.5 + std::abs(product) * 0x1p-15) << "seed " << seed;
  }
}

TEST(Rounding, GoesAwayFromZeroAndKeepsTheEdges) {
  EXPECT_EQ(divide_by_power_of_two(5, 1), 3);
  EXPECT_EQ(divide_by_power_of_two(-5, 1), -3);
  EXPECT_EQ(divide_by_power_of_two(-4, 1), -2);
  EXPECT_EQ(divide_by_power_of_two(INT32_MIN, 31), -1);
  EXPECT_EQ(doubling_high_multiply(INT32_MIN, INT32_MIN), INT32_MAX);
  EXPECT_EQ(shift_left_saturating(1 << 30, 5), INT32_MAX);
  EXPECT_EQ(shift_left_saturating(-1, 40), INT32_MIN);
  EXPECT_EQ(multiply_rounding_once(INT64_MAX, {INT32_MAX, 30}), INT32_MAX);
}

TEST(Rounding, OfTiesIsWhatTellsTheWaysOfMultiplying) {
  const Multiplier quarter = multiplier_from_real(0.25);
  for (const auto& [x, once, half_up] : {std::array{-10, -3, -2}, std::array{-6, -2, -1}, std::array{6, 2, 2}, std::array{10, 3, 3}}) {
    EXPECT_EQ(multiply_rounding_once(x, quarter), once) << x;
    EXPECT_EQ(multiply_half_up(x, quarter), half_up) << x;
  }
}

TEST(Reciprocal, AndInverseSquareRootAreNear) {
  for (int32_t x : {1, 2, 3, 7, 100, 255, 12345, 1 << 29, INT32_MAX}) {
    int bits = 0;
    const double inverse = reciprocal(x, 31, &bits) * std::exp2(-31 - bits);
    EXPECT_NEAR(inverse * x, 1.0, 1e-7) << x;
    if (x == 1) continue;
    const Multiplier root = inverse_square_root(x);
    // Five Newton steps in 28 fractional bits, each rounded: a few parts in a million at the smallest x.
    EXPECT_NEAR(root.value * std::exp2(root.shift - 31) * std::sqrt(x), 1.0, 3e-6) << x;
  }
}

TEST(FixedPoint16, LogisticAndTanhFollowTheCurves) {
  for (int x = -32768; x <= 32767; ++x) {
    const auto q = static_cast<int16_t>(x);
    // The quotient has 13 bits behind the point: steps of 4 for the logistic function, of 8 for the tangent, and a little more.
    ASSERT_NEAR(logistic_fixed16(q), 32768.0 / (1.0 + std::exp(-x / 4096.0)), 8.0) << x;
    ASSERT_NEAR(tanh_fixed16(q, 3), 32768.0 * std::tanh(x / 4096.0), 16.0) << x;
  }
}

TEST(Half, EveryValueSurvivesAndFloatsGoToTheNearest) {
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    const auto half = static_cast<uint16_t>(bits);
    const float value = float_from_half(half);
    if (std::isnan(value)) {  // stays one; a signalling one becomes quiet
      ASSERT_TRUE(std::isnan(float_from_half(half_from_float(value)))) << bits;
      continue;
    }
    ASSERT_EQ(half_from_float(value), half) << bits;
    ASSERT_EQ(half_from_double(static_cast<double>(value)), half) << bits;
    if ((half & 0x7fff) >= 0x7bff) continue;
    const float next = float_from_half(static_cast<uint16_t>(half + 1)), middle = value + (next - value) / 2;
    ASSERT_EQ(half_from_float(middle), bits % 2 == 0 ? half : half + 1) << bits;  // ties to even
    ASSERT_EQ(half_from_float(std::nextafter(middle, value)), half) << bits;
    // As near to the middle as only a double can be: rounding to float32 first would end on the tie.
    const double exact = static_cast<double>(middle);
    ASSERT_EQ(half_from_double(exact), bits % 2 == 0 ? half : half + 1) << bits;
    ASSERT_EQ(half_from_double(std::nextafter(exact, static_cast<double>(value))), half) << bits;
    ASSERT_EQ(half_from_double(std::nextafter(exact, static_cast<double>(next))), half + 1) << bits;
  }
  EXPECT_EQ(half_from_float(65519.0f), 0x7bff);
  EXPECT_EQ(half_from_float(65520.0f), 0x7c00);
  EXPECT_EQ(half_from_float(-1e30f), 0xfc00);
}

}  // namespace
}  // namespace whyzero
