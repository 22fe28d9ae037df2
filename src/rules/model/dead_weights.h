// M004 for units that died in training, which only a run of the app's samples shows.
#pragma once

#include "evidence/case.h"
#include "evidence/dead_units.h"
#include "evidence/finding.h"

namespace whyzero::rules {

/// `more` is said after what was counted.
evidence::Finding dead_units_finding(const evidence::Case& a_case, const evidence::DeadUnits& units, evidence::Severity severity, const std::string& more);

}  // namespace whyzero::rules
