// P018 input-order: two inputs are exchanged.
#include "rules/rule.h"

#include <algorithm>
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
        h.prior = with_pipelines ? 1.0 : 0.3;
        h.declared = inputs == 2;
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
The same samples with each pair of inputs exchanged.

## Example
interpreter.set_tensor(input_details[0]["index"], image_b): the converter does not keep the order of the Keras inputs; match
them by name.

## Fix safety
Safe: what the two inputs read is exchanged.

## When to ignore it
Never.
)",
    .propose = &propose,
};

}  // namespace whyzero::rules
