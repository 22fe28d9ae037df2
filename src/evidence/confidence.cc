#include "evidence/confidence.h"

#include <algorithm>
#include <optional>

#include "evidence/confidence_table.h"

namespace whyzero::evidence {
namespace {

bool came_back(const Measured& m) { return m.before && m.after && *m.after - *m.before >= 0.5 * (1 - *m.before); }

/// Of a comparison that was tested: the test is far from its edge, the app works then, most of what was lost came back, and no
/// other cause does as well.
int strength_of_test(const Measured& m, bool alone) {
  const bool works = m.after && *m.after >= 0.5;
  return (*m.p_value < 1e-6) + works + came_back(m) + alone;
}

/// Resize method, crop and size: a weak model gains from crops that it was not trained with. It speaks for the finding that the
/// mend takes back what the app declares, instead of only adding to it; then also that most of what was lost came back.
bool is_geometry(std::string_view code) { return code == "P008" || code == "P009" || code == "P011"; }

int strength_of_geometry(const Finding& finding, const Measured& m) {
  if (!finding.fix) return 0;
  const auto takes_back = [](const nlohmann::json& operation) { return operation["op"] == "replace" || operation["op"] == "remove"; };
  const bool undoes = std::any_of(finding.fix->patch.begin(), finding.fix->patch.end(), takes_back);
  return undoes ? 1 + came_back(m) : 0;
}

/// Of answers without truth: they tell the samples apart, do so much better than before, and are many.
int strength_of_statistics(const Measured& m) {
  if (!m.before || !m.after) return 0;
  return (*m.after >= 0.7) + (*m.after - *m.before >= 0.4) + (m.samples >= 50);
}

}  // namespace

Grade grade_of(const Finding& finding) {
  const Measured nothing;
  const Measured& m = finding.evidence.empty() ? nothing : finding.evidence.front();
  const bool alone = finding.alternatives.empty();
  if (finding.proof == Proof::kStatistics) return {"statistics", strength_of_statistics(m)};
  if ((finding.proof == Proof::kExperiment || finding.proof == Proof::kRun) && m.p_value)
    return is_geometry(finding.code) ? Grade{"geometry", strength_of_geometry(finding, m)}
                                     : Grade{"test", strength_of_test(m, alone)};
  if (finding.proof == Proof::kExperiment) return {"untested", alone};
  return {proof_name(finding.proof), 0};
}

double confidence_of(const Finding& finding) {
  const Grade grade = grade_of(finding);
  std::optional<double> confidence;
  for (const Graded& graded : kGraded)
    if (graded.kind == grade.kind && (!confidence || graded.strength <= grade.strength)) confidence = graded.confidence;
  return confidence.value_or(finding.confidence);
}

}  // namespace whyzero::evidence
