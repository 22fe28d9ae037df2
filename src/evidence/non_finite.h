// Where answers that are no numbers come from: from the output back to the first node that makes NaN or infinity of numbers.
#pragma once

#include <optional>
#include <string>

#include "evidence/case.h"

namespace whyzero::evidence {

struct NonFinite {
  int node = -1, tensor = -1;       // the first that is not finite although all it reads is; node -1: the input itself
  int source = -1;                  // of what that node reads: the tensor
  double low = 0, high = 0;         // … and its values there
  bool nan = false;                 // NaN, otherwise infinity
  int samples = 0, of = 0;          // that have such an answer
  std::string first;                // the first of them
  bool fed = false;                 // the input is not finite, or absurdly large
};

/// Runs the app's samples once more, with every tensor kept. Nothing where all answers are numbers or the app does not run.
std::optional<NonFinite> find_non_finite(const Case& a_case);

}  // namespace whyzero::evidence
