#include "rules/common/defects.h"

namespace whyzero::rules {

void report_defects(const Rule& rule, const evidence::Case& a_case, evidence::Proof proof, std::vector<evidence::Finding>& findings) {
  const graph::Defect* first = nullptr;
  int more = 0;
  for (const graph::Defect& defect : a_case.defects) {
    if (defect.code != rule.code) continue;
    if (first) ++more;
    else first = &defect;
  }
  if (!first) return;
  std::string message = first->message;
  if (more > 0) message += " (and " + std::to_string(more) + " more of the kind)";
  evidence::Finding finding = finding_of(rule, evidence::Severity::kError, proof, std::move(message));
  finding.where = {.stage = proof == evidence::Proof::kBytes ? "file" : "model", .pointer = "/model", .tensor = first->tensor, .node = first->node};
  findings.push_back(std::move(finding));
}

}  // namespace whyzero::rules
