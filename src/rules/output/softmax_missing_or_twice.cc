// O004 softmax-missing-or-twice: logits are shown as probabilities, or softmax is applied to probabilities.
#include "rules/rule.h"

#include <algorithm>

#include "rules/common/decoding.h"

namespace whyzero::rules {
namespace {

using evidence::Severity;
using nlohmann::json;

bool shows_probabilities(const evidence::Case& a_case) { return a_case.app.output.reports == "probability"; }

/// The step that the app applies although the graph has done so; null where there is none.
const char* twice(const evidence::Case& a_case) {
  const std::string last = last_operator(a_case);
  if (last == "SOFTMAX" && has_step(a_case.app.output.decode, "softmax")) return "softmax";
  if (last == "LOGISTIC" && has_step(a_case.app.output.decode, "sigmoid")) return "sigmoid";
  return nullptr;
}

/// Numbers beyond 0…1 where the app shows probabilities.
bool shows_logits(const evidence::Case& a_case) {
  if (!shows_probabilities(a_case) || ends_with_probabilities(a_case) || a_case.binding->output_tensor.dtype != DType::kFloat32) return false;
  const auto& answers = a_case.symptom.evaluation.answers;
  return std::any_of(answers.begin(), answers.end(), [](const auto& answer) {
    return answer && std::any_of(answer->scores.begin(), answer->scores.end(), [](double x) { return x < -0.01 || x > 1.01; });
  });
}

const char* squashing(const evidence::Case& a_case) { return a_case.binding->output_tensor.elements() == 1 ? "sigmoid" : "softmax"; }

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  if (!a_case.binding || !a_case.model) return;
  const json& steps = a_case.app.output.decode;
  // With truth the experiments tell what it costs.
  const Severity severity = shows_probabilities(a_case) && !a_case.labelled() ? Severity::kWarning : Severity::kNote;
  if (const char* step = twice(a_case)) {
    findings.push_back(decode_finding(rule, a_case, severity, std::string("The graph ends with ") + last_operator(a_case) + ", and the app applies " + step + " again" +
                                      (severity == Severity::kNote ? "; the order of the classes stays, the probabilities do not." : ": all probabilities come close to each other."),
                                      without_step(steps, step)));
  } else if (shows_logits(a_case) && !has_step(steps, "softmax") && !has_step(steps, "sigmoid")) {
    findings.push_back(decode_finding(rule, a_case, severity, std::string("The app shows probabilities, and the model gives numbers beyond 0…1 (logits): apply ") + squashing(a_case) + " first.",
                                      with_step_before_decision(steps, {{squashing(a_case), json::object()}})));
  }
}

void propose(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
  if (!a_case.binding || !a_case.model) return;
  const json& steps = a_case.app.output.decode;
  const char* step = twice(a_case);
  for (const char* name : {"softmax", "sigmoid"})
    if (has_step(steps, name))
      hypotheses.push_back(decode_hypothesis(rule, "softmax", std::string("leave out the ") + name, step ? 1.0 : 0.3, true, [name](const json& s) { return without_step(s, name); }));
  if (!has_step(steps, "softmax") && !has_step(steps, "sigmoid") && !ends_with_probabilities(a_case) && (shows_probabilities(a_case) || has_step(steps, "threshold"))) {
    const char* name = squashing(a_case);
    hypotheses.push_back(decode_hypothesis(rule, "softmax", std::string("apply ") + name + " to the logits", 1.0, shows_probabilities(a_case),
                                           [name](const json& s) { return with_step_before_decision(s, {{name, json::object()}}); }));
  }
}

}  // namespace

extern constinit const Rule unit_softmax_missing_or_twice{
    .code = "O004",
    .name = "softmax-missing-or-twice",
    .summary = "logits are shown as probabilities, or softmax is applied to probabilities",
    .documentation = R"(## What it finds
A softmax or sigmoid in the app although the graph ends with one, and logits that are shown as if they were probabilities.

## Why it hurts
Softmax of probabilities makes them nearly equal: the app shows 23 % for what the model is sure of. Logits are no percentages
at all, and a threshold of 0.5 means another thing for them. A sigmoid of a probability is always above 0.5.

## Evidence
What the graph ends with and what the app does then; with truth, how far the shown probability is from being right, with and
without the step.

## Example
tf.nn.softmax(interpreter.get_tensor(...)) for a Keras model whose last layer is Dense(10, activation="softmax").

## Fix safety
Safe: the step is left out or added.

## When to ignore it
An app that shows nothing but the label of the largest does not change: then it is a note.
)",
    .look = &look,
    .propose = &propose,
};

}  // namespace whyzero::rules
