#include "rules/common/defects.h"

#include <algorithm>

namespace whyzero::rules {

void report_defects(const Rule& rule, const evidence::Case& a_case, evidence::Proof proof, std::vector<evidence::Finding>& findings) {
  const graph::Defect* first = nullptr;
  int more = 0;
  const auto count = [&](const std::vector<graph::Defect>& defects) {
    for (const graph::Defect& defect : defects) {
      if (defect.code != rule.code) continue;
      if (first) ++more;
      else first = &defect;
    }
  };
  count(a_case.defects);
  const bool certain = first;
  // What failed in a run may work on other values.
  if (!certain) count(a_case.run_failures);
  if (!first) return;
  std::string message = first->message;
  if (more > 0) message += " (and " + std::to_string(more) + " more of the kind)";
  evidence::Finding finding = finding_of(rule, certain ? evidence::Severity::kError : evidence::Severity::kWarning,
                                         certain ? proof : evidence::Proof::kRun, std::move(message));
  finding.where = {.stage = proof == evidence::Proof::kBytes ? "file" : "model", .pointer = "/model", .tensor = first->tensor, .node = first->node};
  findings.push_back(std::move(finding));
}

bool broken_constants(const evidence::Case& a_case) {
  return std::any_of(a_case.defects.begin(), a_case.defects.end(), [](const graph::Defect& d) { return d.code == "M001" || d.code == "M002" || d.code == "M003"; });
}

}  // namespace whyzero::rules
