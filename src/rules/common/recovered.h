// What captured tensors themselves prove, as findings of the rules they belong to.
#pragma once

#include <vector>

#include "rules/rule.h"

namespace whyzero::rules {

/// One finding for the facts with the rule's code, where no experiment on the photos can say it better: the change is shown only.
void report_facts(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings);

/// The same where photos took the tensors' place but too few samples let no experiment prove anything.
void conclude_facts(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings);

}  // namespace whyzero::rules
