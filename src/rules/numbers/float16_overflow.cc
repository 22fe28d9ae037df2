// N002 float16-overflow: weights that half precision cannot hold were cut off at its end, or lost at its beginning.
#include <fmt/format.h>

#include <cmath>

#include "graph/layers.h"
#include "rules/rule.h"

namespace whyzero::rules {
namespace {

using evidence::Severity;

constexpr float kLargest = 65504;           // of a half
constexpr float kLeastNormal = 0x1p-14f;    // below it a half loses a bit at every halving
/// So well no app does with weights of this kind.
constexpr double kGood = 0.9;

struct Census {
  size_t values = 0, cut_off = 0, beyond = 0, faint = 0, present = 0;
  bool half = false;
};

/// A kernel or bias as the file stores it.
Census take_census(const graph::Subgraph& graph, int tensor) {
  Census census;
  const int unpacking = graph::unpacking_node(graph, tensor);
  const int stored = unpacking >= 0 ? graph.nodes[static_cast<size_t>(unpacking)].inputs[0] : tensor;
  const DType dtype = graph.tensors[static_cast<size_t>(stored)].dtype;
  if (dtype != DType::kFloat16 && dtype != DType::kFloat32) return census;
  const auto values = graph::constant_values(graph, tensor);
  if (!values) return census;
  census.half = dtype == DType::kFloat16;
  census.values = values->size();
  for (float v : *values) {
    const float magnitude = std::abs(v);
    census.cut_off += magnitude >= kLargest;  // infinity included
    census.beyond += magnitude > kLargest && std::isfinite(v);
    census.present += v != 0;
    census.faint += v != 0 && magnitude < kLeastNormal;
  }
  return census;
}

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  if (!a_case.model) return;
  const graph::Subgraph& graph = a_case.model->main();
  const app::Scored& scored = a_case.symptom.evaluation.scored;
  const bool fine = a_case.labelled() && scored.value && *scored.value >= kGood;
  for (const graph::Layer& layer : graph::layers(graph))
    for (int tensor : {layer.kernel, layer.bias}) {
      if (tensor < 0) continue;
      const Census census = take_census(graph, tensor);
      const bool overflow = census.half && census.cut_off > 0, faint = census.half && census.present > 0 && 2 * census.faint > census.present;
      const bool would = !census.half && census.beyond > 0;
      if (!overflow && !faint && !would) continue;
      const std::string label = graph.tensors[static_cast<size_t>(tensor)].label(), node = graph.nodes[static_cast<size_t>(layer.node)].label();
      const std::string message =
          overflow ? fmt::format("{} of {} weights {} of {} stand at the end of half precision (65504, or infinite): larger ones were cut off when the model was "
                                 "stored as float16. Convert again in float32, or rescale this layer (into the next one or a batch norm) before.",
                                 census.cut_off, census.values, label, node)
          : faint ? fmt::format("{} of {} weights {} of {} are below 6.1e-5, where half precision has few bits left, and what was below 6e-8 became zero. Convert "
                                "again in float32, or rescale this layer before.",
                                census.faint, census.values, label, node)
                  : fmt::format("{} of {} weights {} of {} are beyond 65504: a delegate that computes in half precision, or a float16 conversion, cannot hold them.",
                                census.beyond, census.values, label, node);
      evidence::Finding finding =
          finding_of(rule, would || fine ? Severity::kNote : overflow && a_case.labelled() ? Severity::kError : Severity::kWarning, evidence::Proof::kFile, message);
      finding.confidence = overflow ? 0.97 : 0.85;
      finding.where = {.stage = "model", .pointer = "/model", .tensor = tensor, .node = layer.node};
      // The infinities of the same file, seen without knowing where they are from.
      if (overflow) std::erase_if(findings, [&](const evidence::Finding& f) { return f.code == "M003"; });
      findings.push_back(std::move(finding));
      return;
    }
}

}  // namespace

extern constinit const Rule unit_float16_overflow{
    .code = "N002",
    .name = "float16-overflow",
    .summary = "weights that half precision cannot hold were cut off at its end, or lost at its beginning",
    .documentation = R"(## What it finds
Kernels and biases stored as float16 with values at 65504 or infinity, or most of whose values are so small that half precision
has hardly a bit left for them. In a float32 model it notes weights that a half could not hold.

## Why it hurts
A weight of 800000 becomes 65504: the units of a layer lose their proportions, and the answers are wrong although every number is
finite.

## Evidence
The bits of the constants. 65504 is the largest half, and converters cut off there.

## Example
A layer that takes features of 1e-5 without scaling, with weights of a million, converted to float16.

## Fix safety
There is no patch: what was cut off is not in the file. Convert the original in float32, or rescale the layer first.

## When to ignore it
-65504 as a mask of attention is no kernel and not looked at. In a float32 model that never runs in half precision the note is idle.
)",
    .look = &look,
};

}  // namespace whyzero::rules
