#include "rules/common/decoding.h"

#include <algorithm>

#include "app/edit.h"

namespace whyzero::rules {

using nlohmann::json;

json decode_of(const json& document) {
  const json output = document.value("output", json::object());
  return output.contains("decode") ? output["decode"] : json::array({{{"argmax", json::object()}}});
}

bool has_step(const json& steps, std::string_view name) {
  return std::any_of(steps.begin(), steps.end(), [&](const json& step) { return step.contains(name); });
}

json without_step(const json& steps, std::string_view name) {
  json rest = json::array();
  for (const json& step : steps)
    if (!step.contains(name)) rest.push_back(step);
  return rest;
}

json dequantized(const json& steps) {
  json result = json::array({{{"dequantize", "affine"}}});
  for (const json& step : without_step(without_step(without_step(steps, "dequantize"), "scale"), "view")) result.push_back(step);
  return result;
}

json with_step_before_decision(const json& steps, json step) {
  const auto decides = [](const json& s) { return s.contains("argmax") || s.contains("threshold") || s.contains("regression"); };
  json result = steps;
  result.insert(std::find_if(result.begin(), result.end(), decides), std::move(step));
  return result;
}

std::string last_operator(const evidence::Case& a_case) {
  const graph::Subgraph& graph = a_case.model->main();
  int tensor = a_case.binding->output_tensor.index;
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    if (std::find(node->outputs.begin(), node->outputs.end(), tensor) == node->outputs.end()) continue;
    const bool only_moves = node->op_name == "DEQUANTIZE" || node->op_name == "QUANTIZE" || node->op_name == "RESHAPE" || node->op_name == "SQUEEZE" || node->op_name == "CAST";
    if (!only_moves || node->inputs.empty()) return std::string(node->op_name);
    tensor = node->inputs[0];
  }
  return "";
}

bool ends_with_probabilities(const evidence::Case& a_case) {
  const std::string name = last_operator(a_case);
  return name == "SOFTMAX" || name == "LOGISTIC";
}

evidence::Hypothesis decode_hypothesis(const Rule& rule, std::string axis, std::string text, double prior, bool declared, DecodeEdit edit) {
  evidence::Hypothesis h;
  h.code = rule.code;
  h.axis = std::move(axis);
  h.text = std::move(text);
  h.pointer = "/output/decode";
  h.prior = prior;
  h.declared = declared;
  h.side = evidence::Side::kOutput;
  h.edit = [edit = std::move(edit)](const json& document) -> std::optional<json> {
    json changed = document;
    changed["output"]["decode"] = edit(decode_of(document));
    return changed;
  };
  return h;
}

evidence::Finding decode_finding(const Rule& rule, const evidence::Case& a_case, evidence::Severity severity, std::string message, const json& steps) {
  evidence::Finding finding = finding_of(rule, severity, evidence::Proof::kStatic, std::move(message));
  finding.confidence = 0.95;
  finding.where = {.stage = "output", .pointer = "/output/decode", .tensor = a_case.binding->output_tensor.index};
  json changed = a_case.app.document;
  changed["output"]["decode"] = steps;
  finding.fix = evidence::Fix{};
  finding.fix->patch = app::make_patch(a_case.app.document, changed);
  return finding;
}

}  // namespace whyzero::rules
