// M006 constant-output: the output does not depend on the input, for any input.
#include "rules/rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "evidence/chance.h"
#include "graph/layers.h"
#include "rules/common/defects.h"

namespace whyzero::rules {
namespace {

/// One bias of the last layer is so far above the others that its class always wins: -1 where there is none.
int deciding_bias(const evidence::Case& a_case) {
  constexpr float kGap = 20;            // e^20: no trained class is so much likelier than all others before anything was seen
  constexpr double kSway = 5;           // margins beyond what the input makes of them
  constexpr int kTellingSamples = 10;   // fewer may well have one answer
  const auto& evaluation = a_case.symptom.evaluation;
  if (!a_case.binding || !evidence::at_chance(a_case) || evaluation.scored.samples < kTellingSamples || evaluation.scored.predictions.size() != 1) return -1;
  const graph::Subgraph& graph = a_case.model->main();
  const std::vector<bool> serves = graph::nodes_before(graph, {a_case.binding->output_tensor.index});
  const std::vector<graph::Layer> layers = graph::layers(graph);
  const auto head = std::find_if(layers.rbegin(), layers.rend(), [&](const graph::Layer& layer) { return serves[static_cast<size_t>(layer.node)]; });
  if (head == layers.rend() || head->units != a_case.classes) return -1;
  const auto bias = head->bias >= 0 ? graph::constant_values(graph, head->bias) : std::nullopt;
  if (!bias || bias->size() < 2) return -1;
  const auto top = static_cast<size_t>(std::max_element(bias->begin(), bias->end()) - bias->begin());
  const auto margin = [&](const auto& scores) {
    auto second = -std::numeric_limits<double>::infinity();
    for (size_t c = 0; c < scores.size(); ++c)
      if (c != top) second = std::max(second, static_cast<double>(scores[c]));
    return scores[top] - second;
  };
  if (margin(*bias) < kGap) return -1;
  double least = std::numeric_limits<double>::infinity(), most = -least;
  for (const auto& answer : evaluation.answers) {
    if (!answer || answer->scores.size() != bias->size() || answer->label != static_cast<int>(top)) continue;
    least = std::min(least, margin(answer->scores));
    most = std::max(most, margin(answer->scores));
  }
  return least > kSway * (most - least) ? head->node : -1;
}

bool look_at_bias(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  const int node = deciding_bias(a_case);
  if (node < 0) return false;
  evidence::Finding finding = finding_of(
      rule, evidence::Severity::kError, evidence::Proof::kRun,
      fmt::format("The bias of {} puts one class so far above the others that it wins whatever the app feeds: the answer is always the same. Restore the checkpoint that worked and "
                  "convert it again; nothing in the app can mend this.",
                  a_case.model->main().nodes[static_cast<size_t>(node)].label()));
  finding.confidence = 0.95;
  finding.where = {.stage = "model", .pointer = "/model", .node = node};
  finding.alternatives = {"M004"};
  findings.push_back(std::move(finding));
  return true;
}

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  if (!a_case.model || broken_constants(a_case) || look_at_bias(rule, a_case, findings)) return;
  const evidence::Response& response = a_case.response;
  // Noise in large ranges may wake dead units that no trained range reaches. Without an app noise may well saturate a healthy head; the app's own samples
  // do not.
  const bool dead_when_small = response.constant_when_small && response.dead_zero;
  if (!response.measured || (response.saturated && !a_case.binding) || !(response.constant || dead_when_small)) return;
  std::string place = "";
  if (response.dead_node >= 0) {
    const graph::Subgraph& graph = a_case.model->main();
    place = fmt::format(" The signal dies at {}: its output {} is {} for every input.", graph.nodes[static_cast<size_t>(response.dead_node)].label(),
                        graph.tensors[static_cast<size_t>(response.dead_tensor)].label(), response.dead_zero ? "all zero" : response.saturated ? "at the end of a clamp" : "the same");
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
whose output never changes although its input does. Of a last layer's bias: how far it puts one class above the others.

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
