#include "numerics/kolmogorov_smirnov.h"

#include <algorithm>
#include <cmath>

namespace whyzero::numerics {

double kolmogorov_distance(std::span<const float> sorted, const std::function<double(double)>& cdf) {
  const auto n = static_cast<double>(sorted.size());
  double distance = 0;
  for (size_t i = 0; i < sorted.size(); ++i) {
    const double p = cdf(sorted[i]);
    distance = std::max({distance, (static_cast<double>(i) + 1) / n - p, p - static_cast<double>(i) / n});
  }
  return distance;
}

double kolmogorov_p(double distance, size_t n) {
  if (n == 0) return 1;
  const double root = std::sqrt(static_cast<double>(n)), t = (root + 0.12 + 0.11 / root) * distance;
  if (t < 0.2) return 1;  // the series converges slowly there, and its value is 1 to twelve places
  double p = 0;
  for (int k = 1; k <= 100; ++k) p += (k % 2 == 1 ? 2 : -2) * std::exp(-2.0 * k * k * t * t);
  return std::clamp(p, 0.0, 1.0);
}

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

}  // namespace whyzero::numerics
