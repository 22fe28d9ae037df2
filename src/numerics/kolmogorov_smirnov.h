// Do numbers look drawn from a given distribution? Kolmogorov's test on the largest distance between the two distribution functions.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

namespace whyzero::numerics {

/// The largest distance between the empirical distribution function of `sorted` values and `cdf`.
double kolmogorov_distance(std::span<const float> sorted, const std::function<double(double)>& cdf);

/// P(distance at least this large) for n independent draws (Kolmogorov's limit with Stephens' correction for small n).
double kolmogorov_p(double distance, size_t n);

double normal_cdf(double x);

}  // namespace whyzero::numerics
