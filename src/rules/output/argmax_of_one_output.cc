// O002 argmax-of-one-output: arg max over a single unit is always 0.
#include "rules/rule.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/edit.h"
#include "rules/common/script.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

bool applies(const evidence::Case& a_case) {
  if (!a_case.binding || a_case.binding->output_tensor.elements() != 1) return false;
  const json& steps = a_case.app.output.decode;
  return std::any_of(steps.begin(), steps.end(), [](const json& step) { return step.contains("argmax"); });
}

/// 0.5 for probabilities, 0 for logits: a sigmoid at the end of the graph tells them apart.
double likely_threshold(const evidence::Case& a_case) {
  const graph::Subgraph& graph = a_case.model->main();
  const int tensor = a_case.binding->output_tensor.index;
  for (const graph::Node& node : graph.nodes)
    if (std::find(node.outputs.begin(), node.outputs.end(), tensor) != node.outputs.end())
      return node.op_name == "FULLY_CONNECTED" || node.op_name == "ADD" ? 0.0 : 0.5;
  return 0.5;
}

json with_threshold(const evidence::Case& a_case, const json& document, double threshold) {
  json steps = json::array();
  if (a_case.binding->output_tensor.scale > 0) steps.push_back({{"dequantize", "affine"}});
  for (const json& step : a_case.app.output.decode)
    if (!step.contains("argmax") && !step.contains("dequantize")) steps.push_back(step);
  steps.push_back({{"threshold", threshold}});
  json changed = document;
  changed["output"]["decode"] = std::move(steps);
  return changed;
}

/// A script whose arg max runs over the batch axis, or over one number that it took out of the answer.
void look_at_calls(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  for (const app::Call& call : a_case.calls) {
    if (call.call != "argmax_of_one") continue;
    evidence::Finding finding = finding_at(rule, a_case, call,
                                           fmt::format("{} takes the arg max of {} over an axis of one element: that is 0, whatever the model answers. Take it over the classes.",
                                                       call.line, app::shape_text(std::vector<int32_t>(call.shape.begin(), call.shape.end()))));
    finding.where.stage = "output";
    finding.fix = python_fix("index = int(np.argmax(interpreter.get_tensor(" + python_index(true, 0) + ")[0]))");
    findings.push_back(std::move(finding));
    return;
  }
}

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  look_at_calls(rule, a_case, findings);
  if (!applies(a_case)) return;
  evidence::Finding finding = finding_of(rule, evidence::Severity::kError, evidence::Proof::kStatic,
                                         "The output " + a_case.binding->output_tensor.name +
                                             " has one element, and arg max of one number is always 0. A threshold is needed.");
  finding.where = {.stage = "output", .pointer = "/output/decode", .tensor = a_case.binding->output_tensor.index};
  finding.fix = evidence::Fix{};
  finding.fix->patch = app::make_patch(a_case.app.document, with_threshold(a_case, a_case.app.document, likely_threshold(a_case)));
  findings.push_back(std::move(finding));
}

void propose(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
  if (!applies(a_case)) return;
  for (double threshold : {0.5, 0.0}) {
    evidence::Hypothesis h;
    h.code = rule.code;
    h.axis = "decode";
    h.text = threshold == 0 ? "compare the logit with 0" : "compare the probability with 0.5";
    h.pointer = "/output/decode";
    h.prior = threshold == likely_threshold(a_case) ? 1.0 : 0.2;
    h.declared = true;
    h.side = evidence::Side::kOutput;
    h.edit = [&a_case, threshold](const json& document) -> std::optional<json> { return with_threshold(a_case, document, threshold); };
    hypotheses.push_back(std::move(h));
  }
}

}  // namespace

extern constinit const Rule unit_argmax_of_one_output{
    .code = "O002",
    .name = "argmax-of-one-output",
    .summary = "arg max over a single unit is always 0",
    .documentation = R"(## What it finds
An output with one element that is decoded by arg max. A script whose arg max runs over an axis of one element: over the batch, or over one number of the answer.

## Why it hurts
Arg max of one number is class 0, whatever the model says.

## Evidence
The shape of the output tensor and the decode steps; then the answers with a threshold. Of a script, the call itself.

## Example
np.argmax(prediction) for a binary classifier with one sigmoid unit; tf.argmax(prediction), which runs over the first axis.

## Fix safety
Safe: a threshold takes the place of the arg max.

## When to ignore it
Never.
)",
    .look = &look,
    .propose = &propose,
};

}  // namespace whyzero::rules
