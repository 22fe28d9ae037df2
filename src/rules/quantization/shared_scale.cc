// Q006 shared-scale: one scale for values of different magnitude in a concatenation.
#include <fmt/format.h>

#include "rules/common/quantization.h"

namespace whyzero::rules {
namespace {

void weigh(const Rule& rule, const evidence::Case& a_case, const evidence::QuantizationEvidence& evidence, std::vector<evidence::Finding>& findings) {
  const QuantizationCause cause = cause_of(a_case, evidence);
  if (cause.code != rule.code) return;
  const graph::Subgraph& graph = a_case.model->main();
  const graph::Node& node = graph.nodes[static_cast<size_t>(cause.concatenation)];
  std::string parts;
  for (int t : node.inputs) {
    if (t < 0 || evidence.ranges[static_cast<size_t>(t)].count == 0) continue;
    const quantize::ActivationRange& range = evidence.ranges[static_cast<size_t>(t)];
    parts += fmt::format("{}{} {:.3g}…{:.3g}", parts.empty() ? "" : ", ", graph.tensors[static_cast<size_t>(t)].label(), range.low, range.high);
  }
  evidence::Finding finding = quantization_finding(
      rule, a_case, evidence, cause,
      fmt::format("{} joins values of different magnitude under one scale: {}. The small ones are left with next to no levels: {}. Bring the parts to one magnitude before they are "
                  "joined (normalize each), or keep them apart.",
                  node.label(), parts, describe_range(a_case, *cause.tensors.front())));
  finding.where.node = node.index;
  findings.push_back(std::move(finding));
}

}  // namespace

extern constinit const Rule unit_shared_scale{
    .code = "Q006",
    .name = "shared-scale",
    .summary = "one scale for values of different magnitude",
    .documentation = R"(## What it finds
A quantized concatenation whose parts differ in magnitude sixteen times or more: all share one scale, and the smaller parts
are left with a few levels.

## Why it hurts
Converters give all inputs of a concatenation the scale of its output. Beside values of thousands, values around one become
zero.

## Evidence
The real ranges of the parts over the app's samples, and what rounding the smaller part alone costs.

## Example
Box coordinates in pixels joined with scores between 0 and 1.

## Fix safety
Only shown: the graph has to change before it is quantized.

## When to ignore it
When the small part carries nothing: then rounding it costs nothing and is not reported.
)",
    .weigh = &weigh,
};

}  // namespace whyzero::rules
