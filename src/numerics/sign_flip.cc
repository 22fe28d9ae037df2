#include "numerics/sign_flip.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "base/random.h"

namespace whyzero::numerics {
namespace {

struct Prepared {
  size_t samples = 0, rows = 0;
  std::vector<float> scaled;    // samples × rows: d / √Σd² of the row, 0 where not measured
  std::vector<size_t> active;   // by sample: rows from here on have nothing at this sample
  std::vector<double> t;        // by row as given
};

Prepared prepare(const std::vector<std::vector<float>>& rows) {
  Prepared p;
  p.rows = rows.size();
  p.samples = rows[0].size();
  // Rows that were dropped early come last, so that later samples need not look at them.
  std::vector<std::pair<size_t, const std::vector<float>*>> by_length;
  for (const auto& row : rows) {
    size_t length = row.size();
    while (length > 0 && std::isnan(row[length - 1])) --length;
    by_length.emplace_back(length, &row);
    p.t.push_back(self_normalized_sum(row));
  }
  std::stable_sort(by_length.begin(), by_length.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  p.scaled.assign(p.samples * p.rows, 0.0f);
  p.active.assign(p.samples, 0);
  for (size_t r = 0; r < p.rows; ++r) {
    const auto& [length, row] = by_length[r];
    double squares = 0;
    for (float d : *row)
      if (!std::isnan(d)) squares += double(d) * d;
    for (size_t i = 0; i < length; ++i) {
      p.active[i] = r + 1;
      if (squares > 0 && !std::isnan((*row)[i])) p.scaled[i * p.rows + r] = static_cast<float>((*row)[i] / std::sqrt(squares));
    }
  }
  return p;
}

/// Adds one sample's terms of all rows with a sign.
void add_signed(std::vector<float>& sums, const Prepared& p, size_t sample, float sign) {
  const float* terms = &p.scaled[sample * p.rows];
  for (size_t r = 0; r < p.active[sample]; ++r) sums[r] += sign * terms[r];
}

/// Every sign vector once, in Gray code order: one sample's sign changes at a time.
std::vector<float> maxima_of_all(const Prepared& p) {
  std::vector<float> sums(p.rows, 0.0f), maxima;
  for (size_t i = 0; i < p.samples; ++i) add_signed(sums, p, i, 1.0f);
  std::vector<float> sign(p.samples, 1.0f);
  const uint64_t count = uint64_t{1} << p.samples;
  maxima.reserve(count);
  for (uint64_t k = 1;; ++k) {
    maxima.push_back(*std::max_element(sums.begin(), sums.end()));
    if (k == count) return maxima;
    const auto i = static_cast<size_t>(std::countr_zero(k));
    sign[i] = -sign[i];
    add_signed(sums, p, i, 2 * sign[i]);
  }
}

std::vector<float> maxima_of_random(const Prepared& p, uint64_t seed, int flips) {
  std::vector<float> sums(p.rows), maxima;
  maxima.reserve(static_cast<size_t>(flips));
  Random random(seed);
  for (int f = 0; f < flips; ++f) {
    std::fill(sums.begin(), sums.end(), 0.0f);
    uint64_t bits = 0;
    for (size_t i = 0; i < p.samples; ++i) {
      if (i % 64 == 0) bits = random.next();
      add_signed(sums, p, i, (bits >> (i % 64)) & 1 ? 1.0f : -1.0f);
    }
    maxima.push_back(*std::max_element(sums.begin(), sums.end()));
  }
  return maxima;
}

}  // namespace

double self_normalized_sum(std::span<const float> differences) {
  double sum = 0, squares = 0;
  for (float d : differences)
    if (!std::isnan(d)) {
      sum += d;
      squares += double(d) * d;
    }
  return squares > 0 ? sum / std::sqrt(squares) : 0.0;
}

double sign_flip_tail_bound(double t) {
  if (t <= 0) return 1.0;
  return std::min({1.0, 4.46 * 0.5 * std::erfc(t / std::sqrt(2.0)), std::exp(-t * t / 2)});
}

MaxT sign_flip_max_t(const std::vector<std::vector<float>>& rows, uint64_t seed, int flips) {
  MaxT result;
  if (rows.empty()) return result;
  const Prepared p = prepare(rows);
  const bool exhaustive = p.samples < 16 && (uint64_t{1} << p.samples) <= 2 * uint64_t(flips);
  std::vector<float> maxima = exhaustive ? maxima_of_all(p) : maxima_of_random(p, seed, flips);
  std::sort(maxima.begin(), maxima.end());
  for (double t : p.t) {
    // 1e-5 of slack: the flips are summed in single precision.
    const auto at_least = maxima.end() - std::lower_bound(maxima.begin(), maxima.end(), static_cast<float>(t) - 1e-5f);
    const double counted = exhaustive ? double(at_least) / double(maxima.size()) : double(at_least + 1) / double(flips + 1);
    const double bound = std::min(1.0, double(p.rows) * sign_flip_tail_bound(t));
    result.p.push_back(t <= 0 ? 1.0 : std::min(counted, bound));
  }
  return result;
}

double mcnemar_exact(int gained, int lost) {
  const int n = gained + lost, k = std::min(gained, lost);
  if (n == 0) return 1.0;
  double tail = 0;
  for (int i = 0; i <= k; ++i)
    tail += std::exp(std::lgamma(n + 1.0) - std::lgamma(i + 1.0) - std::lgamma(n - i + 1.0) - n * std::log(2.0));
  return std::min(1.0, 2 * tail);
}

Interval wilson_interval(double k, double n) {
  if (n <= 0) return {};
  const double z = 1.959963984540054, share = k / n, z2 = z * z;
  const double centre = (share + z2 / (2 * n)) / (1 + z2 / n);
  const double half = z / (1 + z2 / n) * std::sqrt(share * (1 - share) / n + z2 / (4 * n * n));
  return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

}  // namespace whyzero::numerics
