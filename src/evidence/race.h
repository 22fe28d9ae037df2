// The race of many chains over few samples: those that fall behind, or can no longer be worth a finding, are dropped early.
#pragma once

#include <vector>

#include "evidence/chains.h"

namespace whyzero::evidence {

/// A difference below this T is a near-tie: then fewer changes and likelier ones win, and the others are alternatives.
inline constexpr double kTie = 2.0;

/// Standard errors between what was seen and what is still thought possible.
inline constexpr double kDoubt = 2.0;

struct RaceOptions {
  int against = -1;        // variant that a chain must beat
  Members rest = {};       // its changes
  double needed_t = 0;     // over all samples, to be believed
  size_t always_kept = 1;  // chains with different inputs that stay however they stand
  double hidden_below = 0; // metric below which faults may hide each other: a mend need not show in the right answers,
  size_t kept_where_hidden = 1;  // and more chains stay, as a change may only help together with another
  double width = 1;              // times as many chains stay on few samples
  double doubt = kDoubt;         // standard errors between what was seen and what is still thought possible
};

/// Samples on which a race is decided.
inline constexpr size_t kRaced = 80;

/// The chains left, measured on kRaced samples.
Result<std::vector<const Chain*>> race(Lab& lab, const Chains& chains, std::vector<const Chain*> field, const RaceOptions& options);

/// Whether the variant's metric shows what one more change does, as it cannot where faults hide each other.
bool works(const Lab& lab, int variant, double hidden_below);

/// T over all samples if the rest is as good as may be believed after these.
double t_at_most(const Lab::Comparison& so_far, size_t all, double doubt = kDoubt);
/// The gain in right answers that may be believed after these.
double gain_at_most(const Lab::Comparison& so_far, double doubt = kDoubt);

Result<void> measure(Lab& lab, const std::vector<const Chain*>& chains, size_t count);

}  // namespace whyzero::evidence
