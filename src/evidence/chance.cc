#include "evidence/chance.h"

#include <algorithm>

#include "numerics/sign_flip.h"

namespace whyzero::evidence {

bool at_chance(const Case& a_case) {
  const app::Scored& scored = a_case.symptom.evaluation.scored;
  if (!a_case.labelled() || !scored.value) return false;
  if (scored.metric == app::Metric::kR2) return *scored.value <= 0;  // no better than always saying the mean
  if (scored.metric != app::Metric::kTop1 || a_case.classes < 2) return false;
  const auto interval = numerics::wilson_interval(*scored.value * scored.samples, scored.samples);
  return interval.high < 0.25 || (interval.low < 1.0 / std::max(2, a_case.classes) && *scored.value < 0.5);
}

bool seldom_right(const Case& a_case) {
  const app::Scored& scored = a_case.symptom.evaluation.scored;
  if (at_chance(a_case)) return true;
  if (!a_case.labelled() || !scored.value || scored.metric != app::Metric::kTop1) return false;
  return numerics::wilson_interval(*scored.value * scored.samples, scored.samples).high < 1.0 / 3;
}

bool leaves_to_explain(const Case& a_case) {
  constexpr double kDoesWell = 0.9;
  const app::Scored& scored = a_case.symptom.evaluation.scored;
  return a_case.labelled() && !a_case.symptom.failure && scored.value && *scored.value < kDoesWell;
}

}  // namespace whyzero::evidence
