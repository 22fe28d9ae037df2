#include "rules/common/recovered.h"

#include "app/edit.h"
#include "rules/common/hand_code.h"

namespace whyzero::rules {
namespace {

evidence::Finding finding_of_fact(const Rule& rule, const evidence::Case& a_case, size_t k, const recover::Fact& fact) {
  evidence::Finding finding = finding_of(rule, evidence::Severity::kError, evidence::Proof::kTensor, "The captured tensors show it: " + fact.text + ".");
  finding.confidence = fact.confidence;
  finding.where = {.stage = "input", .pointer = a_case.input(k).pointer};
  // With photos in the tensors' place the engine chooses the mend.
  if (a_case.sources[k]->captured()) finding.fix = evidence::Fix{.safety = evidence::Safety::kDisplay, .code = hand_code(rule.code, a_case.input_tensor(k))};
  return finding;
}

/// Tensors in which nothing varies are a picture however their bytes are read (P013 names them).
bool all_blank(const evidence::Case& a_case, size_t k) {
  return k < a_case.captured.size() && a_case.captured[k].samples > 0 && a_case.captured[k].blank == a_case.captured[k].samples;
}

}  // namespace

void report_facts(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  for (size_t k = 0; k < a_case.recoveries.size(); ++k) {
    const auto& recovery = a_case.recoveries[k];
    // With photos in the tensors' place and labels the experiments prove the cause and a patch mends it.
    if (!recovery || all_blank(a_case, k) || (!a_case.sources[k]->captured() && a_case.labelled())) continue;
    for (const recover::Fact& fact : recovery->facts) {
      if (fact.code != rule.code) continue;
      findings.push_back(finding_of_fact(rule, a_case, k, fact));
      return;
    }
  }
}

void conclude_facts(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  for (size_t k = 0; k < a_case.recoveries.size(); ++k) {
    const auto& recovery = a_case.recoveries[k];
    if (!recovery || all_blank(a_case, k) || a_case.sources[k]->captured()) continue;
    for (const recover::Fact& fact : recovery->facts) {
      if (fact.code != rule.code) continue;
      evidence::Finding finding = finding_of_fact(rule, a_case, k, fact);
      finding.message += " The experiments alone do not prove it: the samples are too few.";
      finding.fix = evidence::Fix{.safety = evidence::Safety::kDisplay};
      // Only one way to undo it: then that is the mend.
      std::vector<evidence::Hypothesis> ways;
      if (rule.propose) rule.propose(rule, a_case, ways);
      std::erase_if(ways, [&](const evidence::Hypothesis& one) { return !one.pointer.starts_with(a_case.input(k).pointer); });
      if (ways.size() == 1)
        if (const auto mended = ways.front().edit(a_case.experiment)) {
          finding.fix = evidence::Fix{};
          finding.fix->patch = app::make_patch(a_case.experiment, *mended);
        }
      findings.push_back(std::move(finding));
      return;
    }
  }
}

}  // namespace whyzero::rules
