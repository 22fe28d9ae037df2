#include "rules/common/recovered.h"

namespace whyzero::rules {

void report_facts(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  for (size_t k = 0; k < a_case.recoveries.size(); ++k) {
    const auto& recovery = a_case.recoveries[k];
    // With photos in the tensors' place and labels the experiments prove the cause and a patch mends it.
    if (!recovery || (!a_case.sources[k]->captured() && a_case.labelled())) continue;
    for (const recover::Fact& fact : recovery->facts) {
      if (fact.code != rule.code) continue;
      evidence::Finding finding = finding_of(rule, evidence::Severity::kError, evidence::Proof::kTensor, "The captured tensors show it: " + fact.text + ".");
      finding.confidence = fact.confidence;
      finding.where = {.stage = "input", .pointer = a_case.input(k).pointer};
      finding.fix = evidence::Fix{.safety = evidence::Safety::kDisplay};
      findings.push_back(std::move(finding));
      return;
    }
  }
}

}  // namespace whyzero::rules
