// Q004 per-tensor-weights: one scale for channels that differ by orders of magnitude.
#include <fmt/format.h>

#include "rules/common/quantization.h"

namespace whyzero::rules {
namespace {

void weigh(const Rule& rule, const evidence::Case& a_case, const evidence::QuantizationEvidence& evidence, std::vector<evidence::Finding>& findings) {
  const QuantizationCause cause = cause_of(a_case, evidence);
  if (cause.code != rule.code) return;
  const graph::Subgraph& graph = a_case.model->main();
  std::string layers;
  for (const quantize::CoarseWeights& weights : evidence.weights)
    layers += fmt::format("{}{} ({} of {} channels)", layers.empty() ? "" : ", ", graph.tensors[static_cast<size_t>(weights.tensor)].label(), weights.few, weights.coarse.size());
  evidence::Finding finding = quantization_finding(
      rule, a_case, evidence, cause,
      fmt::format("Weights have one scale for channels of very different magnitude; fewer than 8 levels are left in {}. Weights drawn anew within that rounding turn {:.0f} % of the "
                  "answers: what the channels were is lost. Convert again with scales per channel.",
                  layers, 100 * evidence.changed));
  finding.where.tensor = evidence.weights.front().tensor;
  finding.where.node = evidence.weights.front().node;
  findings.push_back(std::move(finding));
}

}  // namespace

extern constinit const Rule unit_per_tensor_weights{
    .code = "Q004",
    .name = "per-tensor-weights",
    .summary = "one scale for channels that differ by orders of magnitude",
    .documentation = R"(## What it finds
Layers whose weights share one scale although many of their channels are so much smaller than the largest that fewer than
8 levels are left for them, where that decides the answers.

## Why it hurts
Folded batch normalizations leave channels a thousand times apart. On one scale the small ones become 0 and ±1, and the
next layer magnifies what is left of them.

## Evidence
The weights cannot be restored, but what was lost can be tried: weights drawn at random from all that would have become the
same integers. Where that turns many answers, right or wrong, the stored weights do not determine them.

## Example
A depthwise convolution converted with per-channel quantization switched off.

## Fix safety
Only shown: the float model has to be converted again, with scales per channel.

## When to ignore it
Small channels that carry nothing turn no answers and are not reported.
)",
    .weigh = &weigh,
};

}  // namespace whyzero::rules
