// Which of many paired differences are real? One-sided sign-flip test with the maximum over all that was tried, so that the
// error of having chosen the best is paid for (Westfall and Young's max-T on Efron's self-normalised sum).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace whyzero::numerics {

/// T = Σd / √Σd² of differences (NaN: not measured, skipped); 0 where all are zero.
double self_normalized_sum(std::span<const float> differences);

/// One-sided P(T ≥ t) under random signs is at most this (Pinelis: 4.46 times the normal tail), for any d and n.
double sign_flip_tail_bound(double t);

struct MaxT {
  std::vector<double> p;  // by row: P(max over all rows of T ≥ this row's T), at least 1/(flips+1) unless the bound is smaller
};

/// Rows of equal length (one a hypothesis, one column a sample, NaN where a row was not measured). Signs are flipped by
/// column, jointly for all rows. All 2^n sign vectors where n is small, otherwise `flips` random ones drawn from `seed`.
MaxT sign_flip_max_t(const std::vector<std::vector<float>>& rows, uint64_t seed, int flips = 10000);

/// McNemar's exact two-sided p-value: `gained` samples became right, `lost` became wrong.
double mcnemar_exact(int gained, int lost);

/// Wilson's 95 % interval of a share k of n.
struct Interval {
  double low = 0, high = 1;
};
Interval wilson_interval(double k, double n);

}  // namespace whyzero::numerics
