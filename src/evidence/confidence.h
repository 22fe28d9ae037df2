// How sure a finding is: not what a p-value would like it to be, but how often findings with the same kind and strength of proof
// were right on cases made for the purpose (docs/calibration.md).
#pragma once

#include <string_view>

#include "evidence/finding.h"

namespace whyzero::evidence {

/// The kind of proof, and how many of a few plain statements about it hold.
struct Grade {
  std::string_view kind;
  int strength = 0;
};
Grade grade_of(const Finding& finding);

/// The probability that the finding is right. A kind of proof that no case had keeps what its rule says.
double confidence_of(const Finding& finding);

}  // namespace whyzero::evidence
