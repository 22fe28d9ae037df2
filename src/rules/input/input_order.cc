// P018 input-order: two inputs are exchanged.
#include "rules/rule.h"

#include <algorithm>
#include <optional>
#include <set>

#include "app/edit.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

/// What an input reads, without the name of the tensor that it fills.
json contents(json input) {
  input.erase("name");
  return input;
}

json exchanged(const json& document, const std::string& a, const std::string& b, bool with_pipelines) {
  json changed = document;
  json &first = changed[json::json_pointer(a)], &second = changed[json::json_pointer(b)];
  std::swap(first, second);
  std::swap(first["name"], second["name"]);
  if (!with_pipelines) std::swap(first["pipeline"], second["pipeline"]);
  for (json* input : {&first, &second})
    for (const char* key : {"name", "pipeline"})
      if ((*input)[key].is_null()) input->erase(key);
  return changed;
}

/// The tensor that the model's signature knows by this name; nothing where it has no such argument.
std::optional<int> tensor_in_signature(const evidence::Case& a_case, const std::string& name) {
  for (const graph::Signature& signature : a_case.model->signatures)
    for (const graph::SignatureEntry& entry : signature.inputs)
      if (signature.subgraph == 0 && entry.name == name && !name.empty()) return entry.tensor;
  return std::nullopt;
}

/// The app names its inputs as the signature does, but they fill each other's tensors: only names of tensors place them.
bool against_signature(const evidence::Case& a_case, size_t a, size_t b) {
  return tensor_in_signature(a_case, a_case.input(a).name) == a_case.input_tensor(b).index && tensor_in_signature(a_case, a_case.input(b).name) == a_case.input_tensor(a).index;
}

/// Without truth the names are all there is.
void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  if (!a_case.model || !a_case.binding || a_case.labelled()) return;
  for (size_t a = 0; a < a_case.app.inputs.size(); ++a)
    for (size_t b = a + 1; b < a_case.app.inputs.size(); ++b) {
      if (!against_signature(a_case, a, b)) continue;
      evidence::Finding finding = finding_of(rule, evidence::Severity::kWarning, evidence::Proof::kFile,
                                             "By the model's signature \"" + a_case.input(a).name + "\" is tensor " + a_case.input_tensor(b).name + " and \"" + a_case.input(b).name + "\" is " +
                                                 a_case.input_tensor(a).name + "; the app fills them the other way round.");
      finding.where = {.stage = "input", .pointer = "/inputs"};
      finding.confidence = 0.8;
      finding.fix = evidence::Fix{};
      finding.fix->safety = evidence::Safety::kDisplay;
      findings.push_back(std::move(finding));
    }
}

void propose(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
  const size_t inputs = a_case.app.inputs.size();
  for (size_t a = 0; a < inputs; ++a)
    for (size_t b = a + 1; b < inputs; ++b) {
      const std::string first = a_case.input(a).pointer, second = a_case.input(b).pointer;
      const json &one = a_case.app.document[json::json_pointer(first)], &other = a_case.app.document[json::json_pointer(second)];
      if (contents(one) == contents(other)) continue;
      const bool own_pipelines = one.value("pipeline", json::array()) != other.value("pipeline", json::array());
      for (bool with_pipelines : {true, false}) {
        if (!with_pipelines && !own_pipelines) continue;
        evidence::Hypothesis h;
        h.code = rule.code;
        h.axis = "inputs";
        h.text = "exchange what " + a_case.input_tensor(a).name + " and " + a_case.input_tensor(b).name + " get" + (with_pipelines ? "" : ", and keep the steps of each");
        h.pointer = "/inputs";
        const bool named = against_signature(a_case, a, b);
        h.prior = (with_pipelines ? 1.0 : 0.3) * (named ? 3 : 1);
        h.declared = inputs == 2 || named;
        h.edit = [first, second, with_pipelines](const json& document) -> std::optional<json> { return exchanged(document, first, second, with_pipelines); };
        hypotheses.push_back(std::move(h));
      }
    }
}

}  // namespace

extern constinit const Rule unit_input_order{
    .code = "P018",
    .name = "input-order",
    .summary = "two inputs are exchanged",
    .documentation = R"(## What it finds
A model with several inputs that gets the values of one in the tensor of another.

## Why it hurts
Where the shapes agree nothing fails, and every layer meets numbers that it was not trained on.

## Evidence
The same samples with each pair of inputs exchanged; that the app gives its inputs the names of the model's signature, in another
order.

## Example
interpreter.set_tensor(input_details[0]["index"], image_b): the converter does not keep the order of the Keras inputs; match
them by name.

## Fix safety
Safe: what the two inputs read is exchanged.

## When to ignore it
Never.
)",
    .look = &look,
    .propose = &propose,
};

}  // namespace whyzero::rules
