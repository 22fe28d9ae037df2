#include "quantize/activation_range.h"

#include <algorithm>
#include <cmath>

namespace whyzero::quantize {
namespace {

/// An error that is not there at all is said to be this small.
constexpr double kNoErrorDb = 120;

struct Rounder {
  explicit Rounder(const Grid& grid)
      : scale(grid.scale),
        inverse(1.0f / grid.scale),
        low(static_cast<float>(grid.low - grid.zero_point)),
        high(static_cast<float>(grid.high - grid.zero_point)) {}
  /// NaN becomes the lower end.
  float operator()(float x) const { return std::nearbyint(std::min(std::max(low, x * inverse), high)) * scale; }

  float scale, inverse, low, high;
};

}  // namespace

void ActivationRange::add(const ActivationRange& other) {
  if (other.count == 0) return;
  low = count ? std::min(low, other.low) : other.low;
  high = count ? std::max(high, other.high) : other.high;
  count += other.count;
  clipped += other.clipped;
  sum += other.sum;
  squares += other.squares;
  clip_error += other.clip_error;
  round_error += other.round_error;
}

double ActivationRange::sqnr_db() const {
  if (count == 0) return kNoErrorDb;
  const auto n = static_cast<double>(count);
  const double variance = squares / n - sum / n * (sum / n), error = (clip_error + round_error) / n;
  if (variance <= 0 || error <= 0) return kNoErrorDb;
  return std::min(kNoErrorDb, 10 * std::log10(variance / error));
}

double ActivationRange::levels_used(const Grid& grid) const {
  const double from = std::max(low, grid.least()), to = std::min(high, grid.most());
  return std::max(0.0, (to - from) / static_cast<double>(grid.scale)) + 1;
}

ActivationRange measure_range(const Grid& grid, std::span<const float> values) {
  ActivationRange range;
  if (values.empty()) return range;
  const Rounder rounded(grid);
  // Half a step beyond the ends still rounds to them.
  const float half = grid.scale / 2, least = static_cast<float>(grid.least()) - half, most = static_cast<float>(grid.most()) + half;
  float low = values[0], high = values[0];
  for (const float x : values) {
    low = std::min(low, x);
    high = std::max(high, x);
    const double error = static_cast<double>(x) - static_cast<double>(rounded(x));
    const bool outside = x < least || x > most;
    range.clipped += outside;
    (outside ? range.clip_error : range.round_error) += error * error;
    range.sum += static_cast<double>(x);
    range.squares += static_cast<double>(x) * static_cast<double>(x);
  }
  range.count = values.size();
  range.low = static_cast<double>(low);
  range.high = static_cast<double>(high);
  return range;
}

void round_to_grid(const Grid& grid, std::span<float> values) {
  const Rounder rounded(grid);
  for (float& x : values) x = rounded(x);
}

}  // namespace whyzero::quantize
