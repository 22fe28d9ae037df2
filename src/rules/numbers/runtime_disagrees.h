// What a comparison of two runtimes, where one was made, says as a finding.
#pragma once

#include <optional>

#include "evidence/finding.h"
#include "trace/compare_models.h"
#include "trace/reduce.h"
#include "whyzero/result.h"

namespace whyzero::rules {

/// N003 where a node differs beyond rounding although its inputs are equal; nothing otherwise. `reduced` is the node alone, or why it cannot
/// stand alone.
std::optional<evidence::Finding> runtime_disagreement(const trace::Comparison& comparison, const Result<trace::Reduced>& reduced);

}  // namespace whyzero::rules
