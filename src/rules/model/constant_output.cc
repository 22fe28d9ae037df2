// M006 constant-output: the output does not depend on the input, for any input.
#include "rules/rule.h"

#include <fmt/format.h>

namespace whyzero::rules {
namespace {

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  const evidence::Response& response = a_case.response;
  // A clamp that holds every answer at its end is a fault of the head (O006), and noise in large ranges may wake dead units that
  // no trained range reaches.
  const bool dead_when_small = response.constant_when_small && response.dead_zero;
  if (!response.measured || response.saturated || !(response.constant || dead_when_small)) return;
  std::string place = "";
  if (response.dead_node >= 0) {
    const graph::Subgraph& graph = a_case.model->main();
    place = fmt::format(" The signal dies at {}: its output {} is {} for every input.", graph.nodes[static_cast<size_t>(response.dead_node)].label(),
                        graph.tensors[static_cast<size_t>(response.dead_tensor)].label(), response.dead_zero ? "all zero" : "the same");
  }
  evidence::Finding finding = finding_of(
      rule, evidence::Severity::kError, evidence::Proof::kExperiment,
      fmt::format("The model answers the same for different inputs in {}: the output does not depend on the input.{} Train again or ship the "
                  "weights that worked; nothing in the app can mend this.",
                  response.constant ? "all usual ranges" : "every normalized range (-1…1, 0…1, -3…3), and for the app's", place));
  finding.confidence = response.constant ? 0.99 : 0.9;
  finding.where = {.stage = "model", .pointer = "/model", .tensor = response.dead_tensor, .node = response.dead_node};
  if (response.dead_zero) finding.alternatives = {"M004"};
  findings.push_back(std::move(finding));
}

}  // namespace

extern constinit const Rule unit_constant_output{
    .code = "M006",
    .name = "constant-output",
    .summary = "the output does not depend on the input, for any input",
    .documentation = R"(## What it finds
A model whose output is the same whatever is fed, and the place in the graph where the signal dies.

## Why it hurts
Always the same class, always the same number: no change of the app can mend it.

## Evidence
The model is run on noise in all the usual ranges; then the graph is walked back from the output to the first operator
whose output never changes although its input does.

## Example
A layer of dead ReLUs: every unit is zero for every input, and only the biases of the last layer are left.

## Fix safety
There is no patch: the fault is in the weights. Train again, or ship the checkpoint that worked.

## When to ignore it
Never for a model that should answer anything; a model that returns a stored constant by design may be ignored.
)",
    .look = &look,
};

}  // namespace whyzero::rules
