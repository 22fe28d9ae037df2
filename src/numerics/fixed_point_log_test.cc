// e^x and log x in fixed point against double precision.
#include "numerics/fixed_point_log.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/random.h"

namespace whyzero {
namespace {

TEST(FixedPointLog, ExponentialIsNearOverItsWholeDomain) {
  EXPECT_EQ(exp_fixed32(0), std::numeric_limits<int32_t>::max());
  Random random(1);
  for (int k = 0; k < 20000; ++k) {
    const auto x = -static_cast<int32_t>(random.next() >> 33);
    // The polynomial's fourth-order remainder on 1/8 is 3e-7; seven products add less.
    ASSERT_NEAR(exp_fixed32(x) * 0x1p-31, std::exp(x * 0x1p-26), 1e-6) << x;
  }
  EXPECT_NEAR(exp_fixed32(std::numeric_limits<int32_t>::min()) * 0x1p-31, std::exp(-32.0), 1e-8);
}

TEST(FixedPointLog, LogarithmIsNearFromOneToTheLargest) {
  Random random(2);
  for (int k = 0; k < 20000; ++k) {
    const double real = std::exp2(random.uniform() * 12.0);
    const auto x = static_cast<int32_t>(std::min(real * 0x1p19, 2147483647.0));
    // Sums have 6 digits before the point: 25 bits behind it, a handful of roundings.
    ASSERT_NEAR(log_fixed32(x) * 0x1p-26, std::log(x * 0x1p-19), 2e-6) << x;
  }
  EXPECT_NEAR(log_fixed32(1 << 19) * 0x1p-26, 0.0, 1e-6);
}

}  // namespace
}  // namespace whyzero
