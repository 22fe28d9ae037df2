// The search without truth: a right pipeline lets the answers tell the samples apart and be sure of themselves at once. What is
// found so is likely, not proven, and blind to labels and to whatever the model does not care about.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "evidence/hypothesis.h"
#include "evidence/lab.h"

namespace whyzero::evidence {

/// A change and what it makes of the answers. Shares are of the most that so many samples and classes allow: mutual information
/// of sample and answer, or the diversity of the decisions where that is less (being sure without telling apart earns nothing).
struct Suggestion {
  const Hypothesis* hypothesis = nullptr;
  nlohmann::json document;          // with the change
  double before = 0, after = 0;     // share of the most
  double rival = 0;                 // the best change of another cause
  int samples = 0;
  std::optional<std::pair<double, double>> activity;  // before and after, where the shares alone do not decide
};

struct LabelFree {
  std::optional<Suggestion> best;   // the most plausible change; nothing where no change gains
  bool decisive = false;            // far enough ahead of the app as deployed and of every other cause to name it
  double as_deployed = 0;
  int samples = 0, tried = 0;
};

/// Of a variant's answers, as in a suggestion.
double share_of_most(const Spread& spread);

/// Nothing is tried where the answers are numbers, or the samples are fewer than ten.
Result<LabelFree> search_label_free(Lab& lab, const Case& a_case, const std::vector<Hypothesis>& hypotheses);

}  // namespace whyzero::evidence
