// O003 threshold: a threshold that no answer crosses, or every answer does; probabilities truncated to 0.
#include "rules/rule.h"

#include <fmt/format.h>

#include "rules/common/decoding.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

std::optional<double> threshold_of(const json& steps) {
  for (const json& step : steps)
    if (step.contains("threshold")) return step["threshold"].is_number() ? step["threshold"].get<double>() : step["threshold"].value("value", 0.5);
  return std::nullopt;
}

json with_threshold(json steps, double threshold) {
  for (json& step : steps)
    if (step.contains("threshold")) step = {{"threshold", threshold}};
  return steps;
}

bool decides(const json& steps) { return has_step(steps, "argmax") || has_step(steps, "threshold"); }

/// Between 0 and 1 by the graph itself, and not rescaled by the app.
bool compares_probabilities(const evidence::Case& a_case, const json& steps) {
  const bool real = a_case.binding->output_tensor.dtype == DType::kFloat32 || has_step(steps, "dequantize");
  return real && ends_with_probabilities(a_case) && !has_step(steps, "scale") && !has_step(steps, "sigmoid") && !has_step(steps, "softmax") && !has_step(steps, "view");
}

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  if (!a_case.binding || !a_case.model) return;
  const json& steps = a_case.app.output.decode;
  if (!decides(steps) || !compares_probabilities(a_case, steps)) return;
  if (has_step(steps, "truncate")) {
    findings.push_back(decode_finding(rule, a_case, evidence::Severity::kError,
                                      "The model's output is a probability between 0 and 1, and the app makes an integer of it before it decides: every probability below 1 becomes 0.",
                                      without_step(steps, "truncate")));
    return;
  }
  const auto threshold = threshold_of(steps);
  if (!threshold || (*threshold >= 0 && *threshold < 1)) return;
  findings.push_back(decode_finding(rule, a_case, evidence::Severity::kError,
                                    fmt::format("The model's output is a probability between 0 and 1; the threshold {:g} is {}.", *threshold,
                                                *threshold < 0 ? "below all of them" : "above all of them"),
                                    with_threshold(steps, 0.5)));
}

void propose(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
  if (!a_case.binding || !a_case.model) return;
  const json& steps = a_case.app.output.decode;
  if (has_step(steps, "truncate"))
    hypotheses.push_back(decode_hypothesis(rule, "truncate", "leave out the conversion to an integer", 1.0, true, [](const json& s) { return without_step(s, "truncate"); }));
  const auto own = threshold_of(steps);
  if (!own) return;
  const bool probabilities = ends_with_probabilities(a_case) || has_step(steps, "sigmoid");
  for (double threshold : {0.5, 0.0}) {
    if (threshold == *own) continue;
    const bool fits = (threshold == 0.5) == probabilities;
    hypotheses.push_back(decode_hypothesis(rule, "threshold", fmt::format("compare with {:g}", threshold), fits ? 1.0 : 0.1, fits,
                                           [threshold](const json& s) { return with_threshold(s, threshold); }));
  }
}

}  // namespace

extern constinit const Rule unit_threshold{
    .code = "O003",
    .name = "threshold",
    .summary = "a threshold that no answer crosses, or every answer does; probabilities truncated to 0",
    .documentation = R"(## What it finds
A threshold outside of the output's range (50 for a probability in 0…1, 0.5 for logits), or far from where the classes part; a
probability that is made an integer before it is compared.

## Why it hurts
Every sample gets the same answer, or most of one class get the other's.

## Evidence
What the graph ends with, where it bounds the output; otherwise the same outputs compared with 0.5, or with 0 for logits.

## Example
int(model_output) > 0.5 is never true for a sigmoid unit.

## Fix safety
Safe: the threshold, or the conversion, changes.

## When to ignore it
When a threshold was chosen on purpose to miss less of one class: then it costs accuracy, and is right.
)",
    .look = &look,
    .propose = &propose,
};

}  // namespace whyzero::rules
