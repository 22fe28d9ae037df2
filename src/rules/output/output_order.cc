// O005 output-order: another output tensor is read than the one meant.
#include "rules/rule.h"

#include <fmt/format.h>

namespace whyzero::rules {
namespace {

using nlohmann::json;

void propose(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
  if (!a_case.labelled() || !a_case.binding) return;
  const graph::Subgraph& graph = a_case.model->main();
  const auto& labels = a_case.app.output.labels;
  const auto fits = [&](size_t elements) { return labels && labels->size() == elements; };
  const size_t own = a_case.binding->output_tensor.elements();
  for (size_t index = 0; index < graph.outputs.size(); ++index) {
    if (static_cast<int>(index) == a_case.binding->output || graph.outputs[index] < 0) continue;
    const app::TensorInfo other = app::tensor_info(graph.tensors[static_cast<size_t>(graph.outputs[index])]);
    evidence::Hypothesis h;
    h.code = rule.code;
    h.axis = "output";
    h.text = fmt::format("read output {} ({})", index, other.name);
    h.pointer = "/output/tensor";
    h.prior = fits(other.elements()) ? 1.0 : other.elements() == own ? 0.5 : 0.1;
    h.declared = graph.outputs.size() == 2 || (fits(other.elements()) && !fits(own));
    h.side = evidence::Side::kOutput;
    h.edit = [index](const json& document) -> std::optional<json> {
      json changed = document;
      changed["output"]["tensor"] = index;
      return changed;
    };
    hypotheses.push_back(std::move(h));
  }
}

}  // namespace

extern constinit const Rule unit_output_order{
    .code = "O005",
    .name = "output-order",
    .summary = "another output tensor is read than the one meant",
    .documentation = R"(## What it finds
A model with several outputs of which the app reads the wrong one.

## Why it hurts
The answer is that to another question: the colour where the shape was asked for.

## Evidence
The same runs with every other output read, against the truth.

## Example
interpreter.get_output_details()[1]: converters order outputs as they like, not as the Keras model did; take them by name.

## Fix safety
Safe: another output is read.

## When to ignore it
Without truth it cannot be seen, and is not reported.
)",
    .propose = &propose,
};

}  // namespace whyzero::rules
