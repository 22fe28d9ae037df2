// Faults that the reader and the validator found in the file, as findings of the rules they belong to.
#pragma once

#include <vector>

#include "rules/rule.h"

namespace whyzero::rules {

/// One finding for all defects with the rule's code: the first one's message, and how many more there are.
void report_defects(const Rule& rule, const evidence::Case& a_case, evidence::Proof proof, std::vector<evidence::Finding>& findings);

/// The file itself says why the model computes nonsense: parameters that no operator can use, NaN in the weights. What follows from it is no cause.
bool broken_constants(const evidence::Case& a_case);

}  // namespace whyzero::rules
