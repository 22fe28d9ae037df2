// How loud an app speaks to its model: the deviation of the numbers that it feeds.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "evidence/case.h"

namespace whyzero::evidence {

/// Deviation of the real numbers that a document feeds the first input for the first samples; nothing for what is no number.
std::optional<double> loudness(const Case& a_case, const nlohmann::json& document);

}  // namespace whyzero::evidence
