#include "rules/rule.h"

#include <algorithm>
#include <cctype>

namespace whyzero::rules {

const Rule* find_rule(std::string_view code_or_name) {
  std::string upper(code_or_name);
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  for (const Rule* rule : all_rules())
    if (rule->code == upper || rule->name == code_or_name) return rule;
  return nullptr;
}

std::vector<const Rule*> rules_by_code() {
  std::vector<const Rule*> rules(all_rules().begin(), all_rules().end());
  std::sort(rules.begin(), rules.end(), [](const Rule* a, const Rule* b) { return a->code < b->code; });
  return rules;
}

evidence::Finding finding_of(const Rule& rule, evidence::Severity severity, evidence::Proof proof, std::string message) {
  evidence::Finding finding;
  finding.code = rule.code;
  finding.name = rule.name;
  finding.severity = severity;
  finding.proof = proof;
  finding.message = std::move(message);
  return finding;
}

}  // namespace whyzero::rules
