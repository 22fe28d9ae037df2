// M004 dead-weights: a whole layer's weights are zero, or all its units are one and the same.
#include <fmt/format.h>

#include <algorithm>

#include "evidence/chance.h"
#include "graph/layers.h"
#include "rules/model/dead_weights.h"
#include "rules/rule.h"

namespace whyzero::rules {
namespace {

using evidence::Severity;
using graph::Layer;

/// Fewer samples may well have one answer.
constexpr int kTellingSamples = 10;

struct Dead {
  bool zero = false;   // every weight
  bool equal = false;  // every unit has the weights of the first
};

Dead state_of(const graph::Subgraph& graph, const Layer& layer) {
  const auto kernel = graph::constant_values(graph, layer.kernel);
  if (!kernel || kernel->empty() || layer.units < 2) return {};
  const auto units = static_cast<size_t>(layer.units), weights = kernel->size() / units;
  Dead dead{std::all_of(kernel->begin(), kernel->end(), [](float w) { return w == 0; }), true};
  for (size_t i = 0; i < kernel->size() && dead.equal; ++i) {
    const size_t of_first = layer.units_last ? i / units * units : i % weights;
    dead.equal = (*kernel)[i] == (*kernel)[of_first];
  }
  return dead;
}

/// All samples get one answer although truth says that they differ.
bool collapsed(const evidence::Case& a_case) {
  const app::Scored& scored = a_case.symptom.evaluation.scored;
  if (!a_case.labelled() || scored.samples < kTellingSamples || scored.predictions.size() != 1 || !scored.value) return false;
  return *scored.value < 0.9;
}

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  if (!a_case.model) return;
  const graph::Subgraph& graph = a_case.model->main();
  // A residual branch that starts at zero, or a pruned one, leaves the output alive.
  const bool constant = a_case.response.measured && a_case.response.constant && !a_case.response.saturated;
  for (const Layer& layer : graph::layers(graph)) {
    const Dead dead = state_of(graph, layer);
    const bool kills = dead.zero ? constant || collapsed(a_case) : dead.equal && collapsed(a_case);
    if (!kills) continue;
    const std::string what = dead.zero ? "are all zero: only the bias is left, and the answer does not depend on the input"
                                       : "are the same for every unit: all classes get one score but for the bias, and the answer is always the same";
    evidence::Finding finding = finding_of(rule, Severity::kError, evidence::Proof::kRun,
                                           fmt::format("The weights {} of {} {}. Restore the checkpoint that worked and convert it again; nothing in the app can "
                                                       "mend this.",
                                                       graph.tensors[static_cast<size_t>(layer.kernel)].label(), graph.nodes[static_cast<size_t>(layer.node)].label(), what));
    finding.confidence = 0.99;
    finding.where = {.stage = "model", .pointer = "/model", .tensor = layer.kernel, .node = layer.node};
    finding.alternatives = {"M006"};
    // The same death seen from the output says less.
    std::erase_if(findings, [&](const evidence::Finding& f) { return f.code == "M006"; });
    findings.push_back(std::move(finding));
    return;
  }
}

/// A branch of which no unit ever fires, beside others that keep the answer alive. Wide models lose units and do well all the same; nobody means to carry a
/// whole layer of zeros.
void conclude(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  if (!a_case.model || !a_case.binding || !evidence::leaves_to_explain(a_case)) return;
  const auto units = evidence::find_dead_units(a_case, a_case.experiment);
  if (!units || units->dead < units->units || !units->heard) return;
  evidence::Finding finding = finding_of(
      rule, Severity::kWarning, evidence::Proof::kRun,
      fmt::format("All {} units of {} are zero for all of {} samples: what this layer reads never reaches the answer, which other branches make. It died in training, or its biases were "
                  "lost. Restore the checkpoint that worked, or train again.",
                  units->units, a_case.model->main().nodes[static_cast<size_t>(units->node)].label(), units->samples));
  finding.confidence = 0.8;
  finding.where = {.stage = "model", .pointer = "/model", .tensor = units->tensor, .node = units->node};
  finding.alternatives = {"T001", "M006"};
  findings.push_back(std::move(finding));
}

}  // namespace

extern constinit const Rule unit_dead_weights{
    .code = "M004",
    .name = "dead-weights",
    .summary = "a whole layer's weights are zero, or all its units are one and the same",
    .documentation = R"(## What it finds
A layer whose weights are all zero, or whose units all have the same weights, in a model that answers the same for every input.
A ReLU layer of which two units in five and more never fire on what the app feeds, while the others follow it; a whole layer
that never fires beside branches that do.

## Why it hurts
Nothing passes a layer of zeros: the biases behind it decide, whatever the app feeds.

## Evidence
The weights in the file, and the run: the answer does not change with the input, or all samples get one class although truth
names several.

## Example
A head that was never assigned and kept the zeros it was made with; a checkpoint of which one layer's name did not match.

## Fix safety
There is no patch: the weights are gone. Restore the checkpoint and convert again.

## When to ignore it
Pruned channels, zero biases and residual branches that start at zero leave the output alive and are not reported.
)",
    .look = &look,
    .conclude = &conclude,
};

evidence::Finding dead_units_finding(const evidence::Case& a_case, const evidence::DeadUnits& units, evidence::Severity severity, const std::string& more) {
  evidence::Finding finding = finding_of(
      unit_dead_weights, severity, evidence::Proof::kRun,
      fmt::format("{} of the {} units of {} are zero for all of {} samples, while {} of the others follow the input: they died in training.{} Train again (smaller "
                  "learning rate, He initialization), or ship a checkpoint from before they died.",
                  units.dead, units.units, a_case.model->main().nodes[static_cast<size_t>(units.node)].label(), units.samples, units.follow, more));
  finding.confidence = severity == Severity::kNote ? 0.5 : 0.8;
  finding.where = {.stage = "model", .pointer = "/model", .tensor = units.tensor, .node = units.node};
  finding.alternatives = {"T001"};
  return finding;
}

}  // namespace whyzero::rules
