// What rules about the reading of the answer share: the decode steps, and what the graph ends with.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "rules/rule.h"

namespace whyzero::rules {

/// The decode steps of a document, the default where it has none.
nlohmann::json decode_of(const nlohmann::json& document);
bool has_step(const nlohmann::json& steps, std::string_view name);
nlohmann::json without_step(const nlohmann::json& steps, std::string_view name);
/// The steps for a quantized output read with its scale and zero point.
nlohmann::json dequantized(const nlohmann::json& steps);
/// The steps with one more before the first that makes a decision of numbers (argmax, threshold, regression), or at the end.
nlohmann::json with_step_before_decision(const nlohmann::json& steps, nlohmann::json step);

/// Name of the operator that the read output comes from, casts and reshapes left out; "" where there is none.
std::string last_operator(const evidence::Case& a_case);
/// The graph itself ends with probabilities.
bool ends_with_probabilities(const evidence::Case& a_case);

/// A change of the decode steps as a hypothesis.
using DecodeEdit = std::function<nlohmann::json(const nlohmann::json& steps)>;
evidence::Hypothesis decode_hypothesis(const Rule& rule, std::string axis, std::string text, double prior, bool declared, DecodeEdit edit);
/// A finding that graph and decode steps prove, with the patch of the steps.
evidence::Finding decode_finding(const Rule& rule, const evidence::Case& a_case, evidence::Severity severity, std::string message, const nlohmann::json& steps);

}  // namespace whyzero::rules
