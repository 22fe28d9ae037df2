// M007 training-mode-graph: dropout or batch statistics are left in the graph, or batch norm is at its start.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "evidence/recalibration.h"
#include "graph/tflite_writer.h"
#include "rules/common/training.h"
#include "rules/rule.h"

namespace whyzero::rules {
namespace {

using evidence::Finding;
using evidence::Proof;
using evidence::Severity;

/// So well no app does with a fault of this kind in its model.
constexpr double kGood = 0.9;

/// Truth says that the app does well as it is.
bool does_well(const evidence::Case& a_case) {
  const app::Scored& scored = a_case.symptom.evaluation.scored;
  return a_case.labelled() && scored.value && *scored.value >= kGood;
}

Severity severity_of(const evidence::Case& a_case) {
  return does_well(a_case) ? Severity::kNote : a_case.labelled() ? Severity::kError : Severity::kWarning;
}

Finding finding_at(const Rule& rule, const evidence::Case& a_case, int node, Severity severity, Proof proof, std::string message) {
  Finding finding = finding_of(rule, severity, proof, std::move(message));
  finding.where = {.stage = "model", .pointer = "/model", .node = node};
  finding.confidence = a_case.labelled() ? 0.97 : 0.9;
  return finding;
}

/// The last node first: taking one out moves the later ones up.
graph::GraphPatch without_dropout(const std::vector<RandomNode>& random) {
  std::vector<graph::RemoveNode> nodes;
  for (const RandomNode& one : random)
    if (one.mask) nodes.insert(nodes.end(), one.mend.begin(), one.mend.end());
  std::sort(nodes.begin(), nodes.end(), [](const auto& a, const auto& b) { return a.node > b.node; });
  nodes.erase(std::unique(nodes.begin(), nodes.end(), [](const auto& a, const auto& b) { return a.node == b.node; }), nodes.end());
  return {nodes.begin(), nodes.end()};
}

void look_for_random(const Rule& rule, const evidence::Case& a_case, std::vector<Finding>& findings) {
  const graph::Subgraph& graph = a_case.model->main();
  const std::vector<RandomNode> random = random_nodes(graph);
  if (random.empty()) return;
  const RandomNode& first = random.front();
  const bool dropout = std::any_of(random.begin(), random.end(), [](const RandomNode& r) { return r.mask; });
  // Noise may be what the model is for: samplers and generators draw by design.
  const Severity severity = dropout ? severity_of(a_case) : Severity::kNote;
  Finding finding = finding_at(rule, a_case, first.node, severity, Proof::kFile,
                               fmt::format("{} draws new random numbers in every run, and at {} they meet what was computed from the input: {}. The same "
                                           "input gets different answers. Export the model for inference (training=False, model.eval()).",
                                           graph.nodes[static_cast<size_t>(first.node)].label(), graph.nodes[static_cast<size_t>(first.merge)].label(),
                                           dropout ? "dropout was left in its training mode" : "noise is added to it"));
  if (dropout) {
    finding.fix = evidence::Fix{};
    if (auto bytes = graph::apply_patch(*a_case.model, without_dropout(random)))
      finding.fix->model = std::make_shared<const std::vector<uint8_t>>(std::move(*bytes));
  }
  findings.push_back(std::move(finding));
}

void look_for_statistics(const Rule& rule, const evidence::Case& a_case, std::vector<Finding>& findings) {
  const graph::Subgraph& graph = a_case.model->main();
  const std::vector<int> found = batch_statistics(graph);
  if (found.empty()) return;
  findings.push_back(finding_at(
      rule, a_case, found.front(), severity_of(a_case), Proof::kFile,
      fmt::format("{} and {} more compute the variance over the batch axis: batch norm was exported in its training mode and normalizes every photo by its "
                  "own statistics instead of those of the training data. Export the model for inference (training=False, model.eval()) and convert again.",
                  graph.nodes[static_cast<size_t>(found.front())].label(), found.size() - 1)));
}

void look_for_reset_norm(const Rule& rule, const evidence::Case& a_case, std::vector<Finding>& findings) {
  const auto recalibrated = evidence::recalibrate(a_case);
  if (!recalibrated) return;
  const evidence::Recalibration& fresh = *recalibrated;
  const graph::Subgraph& graph = a_case.model->main();
  Finding finding = finding_at(
      rule, a_case, fresh.node, Severity::kError, Proof::kExperiment,
      fmt::format("Batch norm was converted with statistics that do not belong to the weights (at their start, or wrongly folded): at {} the signal is {:.3g} "
                  "times as strong as in the first convolution. With statistics taken from the app's own samples the same weights answer right in {:.0f} % "
                  "instead of {:.0f} %. Convert again from a checkpoint that holds the moving averages.",
                  graph.nodes[static_cast<size_t>(fresh.node)].label(), fresh.fading, 100 * fresh.after, 100 * fresh.before));
  evidence::Measured measured;
  measured.metric = "top1";
  measured.before = fresh.before;
  measured.after = fresh.after;
  measured.samples = fresh.samples;
  finding.evidence.push_back(std::move(measured));
  finding.fix = evidence::Fix{};
  finding.fix->safety = evidence::Safety::kUnsafe;
  finding.fix->model = fresh.model;
  findings.push_back(std::move(finding));
}

void look(const Rule& rule, const evidence::Case& a_case, std::vector<Finding>& findings) {
  if (!a_case.model) return;
  const size_t before = findings.size();
  look_for_random(rule, a_case, findings);
  if (findings.size() == before) look_for_statistics(rule, a_case, findings);
  if (findings.size() == before) look_for_reset_norm(rule, a_case, findings);
}

}  // namespace

extern constinit const Rule unit_training_mode_graph{
    .code = "M007",
    .name = "training-mode-graph",
    .summary = "dropout or batch statistics are left in the graph, or batch norm is at its start",
    .documentation = R"(## What it finds
Random numbers that meet the signal (dropout, noise layers), mean and variance computed over the batch axis, and batch norm
that was folded with statistics which do not belong to its weights, so that the signal fades or grows from layer to layer.

## Why it hurts
Dropout answers the same photo differently each time. Batch statistics of a single photo, or the starting values 0 and 1, put
every layer in another range than it was trained for.

## Evidence
The operators of the file. For batch norm at its start an experiment: the statistics are taken from the app's own samples,
folded into the weights, and the model measured again.

## Example
`model(x, training=True)` in the function that was converted; a PyTorch model exported without `model.eval()`.

## Fix safety
Dropout is taken out of the file: safe, for at inference it is nothing but a copy. Fresh batch statistics mend the model for
photos like the app's: unsafe, convert again from the right checkpoint.

## When to ignore it
Generators and samplers draw by design: noise without a mask is a note. Instance and layer normalization do not reduce over
the batch axis and are not reported.
)",
    .look = &look,
};

}  // namespace whyzero::rules
