// M008 embedded-preprocessing: the graph itself rescales its input.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "graph/layers.h"
#include "rules/rule.h"
#include "tflite_schema_generated.h"

namespace whyzero::rules {
namespace {

/// Scale and offset of the first channel, from the input to where the weights begin.
struct Rescaling {
  double scale = 1, offset = 0;
  int first_node = -1, last_tensor = -1;
};

/// One number, one a channel of a picture, or one a column of a table; the first of them.
std::optional<double> factor(const graph::Subgraph& graph, int tensor, size_t columns) {
  const auto values = tensor >= 0 ? graph::constant_values(graph, tensor) : std::nullopt;
  if (!values || values->empty() || (columns > 0 ? values->size() != columns : values->size() > 4)) return std::nullopt;
  return (*values)[0];
}

/// Applies a node that computes with a constant; false where it does something else.
bool apply(const graph::Subgraph& graph, const graph::Node& node, int tensor, size_t columns, Rescaling& r) {
  if (node.inputs.size() != 2) return false;
  const bool first = node.inputs[0] == tensor;
  const auto number = factor(graph, node.inputs[first ? 1 : 0], columns);
  if (!number) return false;
  switch (node.op) {
    case schema::BuiltinOperator_MUL:
      r.scale *= *number;
      r.offset *= *number;
      return true;
    case schema::BuiltinOperator_ADD: r.offset += *number; return true;
    case schema::BuiltinOperator_SUB:
      if (!first) return false;
      r.offset -= *number;
      return true;
    case schema::BuiltinOperator_DIV:
      if (!first || *number == 0) return false;
      r.scale /= *number;
      r.offset /= *number;
      return true;
    default: return false;
  }
}

std::optional<Rescaling> rescaling_of(const graph::Subgraph& graph, int input) {
  Rescaling r;
  int tensor = input;
  const std::vector<int32_t>& shape = graph.tensors[static_cast<size_t>(input)].shape;
  // Of numbers in a table a multiplication of all may be anything; one constant a column is a normalization.
  const size_t columns = shape.size() == 2 && shape[1] > 1 ? static_cast<size_t>(shape[1]) : 0;
  for (size_t steps = 0; steps < 8; ++steps) {
    const graph::Node* reader = nullptr;
    for (const graph::Node& node : graph.nodes)
      if (std::find(node.inputs.begin(), node.inputs.end(), tensor) != node.inputs.end()) {
        if (reader) return std::nullopt;  // the input goes several ways
        reader = &node;
      }
    if (!reader || reader->outputs.size() != 1) break;
    const bool converts = reader->op == schema::BuiltinOperator_CAST || reader->op == schema::BuiltinOperator_DEQUANTIZE;
    if (!converts && !apply(graph, *reader, tensor, columns, r)) break;
    if (!converts && r.first_node < 0) r.first_node = reader->index;
    tensor = reader->outputs[0];
  }
  r.last_tensor = tensor;
  return r.first_node >= 0 ? std::optional(r) : std::nullopt;
}

/// Every column has its own numbers: the first shows that they are there.
evidence::Finding of_table(const Rule& rule, const graph::Subgraph& graph, int input, const Rescaling& r) {
  evidence::Finding finding = finding_of(
      rule, evidence::Severity::kNote, evidence::Proof::kFile,
      fmt::format("The model itself normalizes the columns of its input {}, the first by x * {:.6g} + {:.6g}. An app that standardizes as well does it twice.",
                  graph.tensors[static_cast<size_t>(input)].label(), r.scale, r.offset));
  finding.confidence = 0.9;
  finding.where = {.stage = "model", .pointer = "/model", .tensor = input, .node = r.first_node};
  finding.alternatives = {"P003"};
  return finding;
}

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  if (!a_case.model) return;
  const graph::Subgraph& graph = a_case.model->main();
  for (int input : graph.inputs) {
    const size_t rank = graph.tensors[static_cast<size_t>(input)].shape.size();
    if (rank < 2) continue;
    const auto r = rescaling_of(graph, input);
    if (!r) continue;
    if (rank == 2) {
      findings.push_back(of_table(rule, graph, input, *r));
      continue;
    }
    const double fed = r->scale * 255 > 20 ? 1 : 255;  // what it is made for: numbers to 1, or bytes
    evidence::Finding finding = finding_of(
        rule, evidence::Severity::kNote, evidence::Proof::kFile,
        fmt::format("The model itself rescales its input {}: it computes with x * {:.6g} {} {:.6g}, so that 0…{:g} becomes {:.4g}…{:.4g}. An app that normalizes as "
                    "well does it twice.",
                    graph.tensors[static_cast<size_t>(input)].label(), r->scale, r->offset < 0 ? '-' : '+', std::fabs(r->offset), fed, r->offset, fed * r->scale + r->offset));
    finding.confidence = 0.95;
    finding.where = {.stage = "model", .pointer = "/model", .tensor = input, .node = r->first_node};
    finding.alternatives = {"P003"};
    findings.push_back(std::move(finding));
  }
}

}  // namespace

extern constinit const Rule unit_embedded_preprocessing{
    .code = "M008",
    .name = "embedded-preprocessing",
    .summary = "the graph itself rescales its input",
    .documentation = R"(## What it finds
Multiplications, divisions, additions and subtractions with constants between the input and the first operator with weights.

## Why it hurts
It does not, as long as the app knows: such a model wants the pixels as they are. An app that normalizes as for other models
feeds a nearly constant picture.

## Evidence
The first operators of the file and their constants.

## Example
A Keras model with a `Rescaling(1/127.5, offset=-1)` layer.

## Fix safety
None is needed. Where the app normalizes too, P003 or P002 proves it and gives the patch.

## When to ignore it
When the app feeds what the note says.
)",
    .look = &look,
};

}  // namespace whyzero::rules
