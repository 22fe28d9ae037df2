// Inputs that the runtime refuses, where no change of the pipeline makes the app run: that it cannot is proven all the same.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/rule.h"

namespace whyzero::rules {

/// An error where the app failed with `code`; `what` is the first half of its message: "The app feeds … than its input has".
void report_refused(const Rule& rule, const evidence::Case& a_case, ErrorCode code, std::string_view what, std::vector<std::string> alternatives,
                    std::vector<evidence::Finding>& findings);

}  // namespace whyzero::rules
