// What a variant's answers say without any truth: how much they tell samples apart, and how surely.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace whyzero::evidence {

/// Answers of one variant, added sample by sample in any order: sums are kept as integers, so that the order of threads cannot
/// change a bit.
class Spread {
 public:
  /// One sample's probabilities (they sum to one) and the class decided on.
  void add(std::span<const double> probabilities, int label);

  int samples() const { return samples_; }
  /// Mutual information of sample and class: entropy of the mean answer less the mean entropy, in nats.
  double information() const;
  /// Entropy of the decisions, in nats: 0 where all are one class.
  double diversity() const;
  /// The most that either can be with so many samples and classes.
  double most() const;

 private:
  std::vector<int64_t> mass_;  // by class
  int64_t entropy_ = 0;
  int samples_ = 0;
  std::map<int, int> decisions_;
};

}  // namespace whyzero::evidence
