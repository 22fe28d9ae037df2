#include "evidence/spread.h"

#include <algorithm>
#include <cmath>

namespace whyzero::evidence {
namespace {

/// Fixed point with 40 bits behind the point: room for four million samples.
constexpr double kUnit = 1099511627776.0;

int64_t fixed(double x) { return std::llround(x * kUnit); }

double entropy_term(double p) { return p > 0 ? -p * std::log(p) : 0; }

}  // namespace

void Spread::add(std::span<const double> probabilities, int label) {
  mass_.resize(std::max(mass_.size(), probabilities.size()));
  double entropy = 0;
  for (size_t c = 0; c < probabilities.size(); ++c) {
    mass_[c] += fixed(probabilities[c]);
    entropy += entropy_term(probabilities[c]);
  }
  entropy_ += fixed(entropy);
  ++decisions_[label];
  ++samples_;
}

double Spread::information() const {
  if (samples_ == 0) return 0;
  double of_mean = 0;
  for (int64_t m : mass_) of_mean += entropy_term(static_cast<double>(m) / kUnit / samples_);
  return std::max(0.0, of_mean - static_cast<double>(entropy_) / kUnit / samples_);
}

double Spread::diversity() const {
  double sum = 0;
  for (const auto& [label, count] : decisions_) sum += entropy_term(static_cast<double>(count) / samples_);
  return sum;
}

double Spread::most() const {
  const size_t classes = std::min(mass_.size(), static_cast<size_t>(samples_));
  return classes > 1 ? std::log(static_cast<double>(classes)) : 0;
}

}  // namespace whyzero::evidence
