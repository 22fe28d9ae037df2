#include "rules/common/refused.h"

#include <fmt/format.h>

#include <utility>

namespace whyzero::rules {

void report_refused(const Rule& rule, const evidence::Case& a_case, ErrorCode code, std::string_view what, std::vector<std::string> alternatives,
                    std::vector<evidence::Finding>& findings) {
  const auto& failure = a_case.symptom.failure;
  if (!a_case.binding || !failure || failure->code != code) return;
  evidence::Finding finding = finding_of(rule, evidence::Severity::kError, evidence::Proof::kRun, fmt::format("{}, and the runtime refuses it: {}.", what, failure->message));
  finding.confidence = 0.95;
  finding.where = {.stage = "input.pipeline", .pointer = a_case.input().pointer};
  finding.alternatives = std::move(alternatives);
  finding.fix.emplace().safety = evidence::Safety::kDisplay;
  findings.push_back(std::move(finding));
}

}  // namespace whyzero::rules
