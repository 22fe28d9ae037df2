// e^x by a polynomial near 0 and a product of powers of e; the logarithm by a power of two and a rational function near 2^(-1/4).
#include "numerics/fixed_point_log.h"

#include "numerics/fixed_point.h"

namespace whyzero {
namespace {

constexpr int32_t kOneQ0 = std::numeric_limits<int32_t>::max();

int32_t wrap(int64_t x) { return static_cast<int32_t>(x); }
int32_t saturate(int64_t x) {
  return static_cast<int32_t>(std::clamp<int64_t>(x, std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()));
}
int32_t product(int32_t a, int32_t b) { return doubling_high_multiply(a, b); }
int32_t sum(int64_t a, int64_t b) { return wrap(a + b); }

/// e^a for a in [-1/4, 0), Q0: the series around -1/8 up to the fourth power.
int32_t exp_near_zero(int32_t a) {
  constexpr int32_t kExpMinusEighth = 1895147668, kThird = 715827883, kEighth = 1 << 28;
  const int32_t x = sum(a, kEighth), x2 = product(x, x), x3 = product(x2, x), x4 = product(x2, x2);
  const int32_t higher = divide_by_power_of_two(sum(product(sum(divide_by_power_of_two(x4, 2), x3), kThird), x2), 1);
  return sum(kExpMinusEighth, product(kExpMinusEighth, sum(x, higher)));
}

}  // namespace

int32_t exp_fixed32(int32_t x) {
  if (x == 0) return kOneQ0;
  constexpr int kFraction = 26;
  constexpr int32_t kQuarter = 1 << (kFraction - 2);
  const int32_t within = (x & (kQuarter - 1)) - kQuarter;
  int32_t result = exp_near_zero(shift_left_saturating(within, 5));
  const int32_t rest = wrap(int64_t{within} - x);
  // e^(-2^exponent) for exponents from -2 on.
  constexpr int32_t kPowers[] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  for (int exponent = -2; exponent <= 4; ++exponent)
    if (rest & (1 << (kFraction + exponent))) result = product(result, kPowers[exponent + 2]);
  return result;
}

int32_t log_fixed32(int32_t x) {
  constexpr int kIntegerDigits = 12, kAccumulatorDigits = 6;
  constexpr int32_t kLog2 = 1488522236, kRootHalf = 1518500250, kFourthRootHalf = 1805811301;  // Q0
  constexpr int32_t kQuarter = 1 << (31 - kAccumulatorDigits - 2);
  // Coefficients of the rational function, Q0: 11/240 s, 1/20 s, 2/s - s, s/4 with s the fourth root of 2.
  constexpr int32_t kNumerator = 117049297, kSquare = 127690142, kConstant = 1057819769, kLinear = 638450708;
  // x = 2^power * r with r in [2^(-1/2), 1], twice: from x and from x * 2^(-1/2); the one whose r is smaller is nearer.
  const auto power = [](int digits) { return shift_left_saturating(digits, 31 - kAccumulatorDigits); };
  const int zeros = std::countl_zero(static_cast<uint32_t>(x));
  const int32_t r_a = shift_left_saturating(product(shift_left_saturating(x, std::max(zeros - 1, 0)), kRootHalf), 1);
  const int32_t power_a = saturate(int64_t{power(kIntegerDigits - zeros)} + kQuarter);
  const int headroom = std::countl_zero(static_cast<uint32_t>(product(x, kRootHalf))) - 1;
  const int32_t r_b = shift_left_saturating(x, std::max(headroom, 0));
  const int32_t power_b = saturate(int64_t{power(kIntegerDigits - headroom)} - kQuarter);
  const int32_t r = std::min(r_a, r_b), exponent = std::max(power_a, power_b);
  // log of r * 2^(1/4).
  const int64_t both = int64_t{r} + kFourthRootHalf;
  const int32_t half_sum = wrap((both + (both >= 0 ? 1 : -1)) / 2);
  const int32_t difference = wrap((int64_t{r} - kFourthRootHalf) * 2);
  const int32_t square = product(difference, difference);
  const int32_t numerator = sum(product(difference, r), product(product(difference, square), kNumerator));
  const int32_t inner = sum(sum(kConstant, difference), product(kSquare, square));
  const int32_t denominator_less_one = sum(product(half_sum, inner), product(kLinear, difference));
  const int32_t quotient =
      product(divide_by_power_of_two(numerator, kAccumulatorDigits), one_over_one_plus(denominator_less_one));
  return shift_left_saturating(sum(product(exponent, kLog2), quotient), 1);
}

}  // namespace whyzero
