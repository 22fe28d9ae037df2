// F005 unsupported-operator: an operator that the chosen runtime cannot run.
#include "rules/rule.h"

#include <algorithm>

#include "ops/registry.h"
#include "rules/common/defects.h"
#include "tflite_schema_generated.h"

namespace whyzero::rules {
namespace {

/// Why no plain runtime has the node's operator; empty where it is a builtin one that only we may lack.
std::string foreign(const graph::Node& node) {
  if (node.custom()) return "custom";
  if (node.op > schema::BuiltinOperator_MAX) return "newer than any known runtime";
  const auto operators = ops::all_operators();
  const auto ours = std::find_if(operators.begin(), operators.end(), [&](const ops::Operator* op) { return op->builtin == node.op; });
  return ours == operators.end() ? "" : "versions up to " + std::to_string((*ours)->max_version) + " are known";
}

/// Operators that are there and have no kernel for the types or ranks of the file. Our own may be the poorer ones, so that what
/// nothing depends on is only noted.
void report_refusals(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  const size_t before = findings.size();
  report_defects(rule, a_case, evidence::Proof::kFile, findings);
  if (findings.size() > before)
    findings.back().severity = a_case.outputs_computed ? evidence::Severity::kNote : evidence::Severity::kWarning;
}

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  if (!a_case.model) return;
  std::string names;
  int node_index = -1;
  bool refused = false;
  for (const graph::Subgraph& subgraph : a_case.model->subgraphs)
    for (const graph::Node& node : subgraph.nodes) {
      if (ops::find_operator(node)) continue;
      const std::string why = foreign(node);
      refused = refused || !why.empty();
      if (node_index < 0 && &subgraph == &a_case.model->main()) node_index = node.index;
      const std::string name = node.op_name + " (version " + std::to_string(node.version) + (why.empty() ? ")" : "; " + why + ")");
      if (names.find(name) == std::string::npos) names += (names.empty() ? "" : ", ") + name;
    }
  if (names.empty()) return report_refusals(rule, a_case, findings);
  // Whether the app's runtime has it is not known; that what is read needs it is.
  const bool needed = a_case.symptom.failure && a_case.symptom.failure->code == ErrorCode::kUnsupported;
  const auto severity = needed                                   ? evidence::Severity::kError
                        : refused && !a_case.outputs_computed    ? evidence::Severity::kWarning
                                                                 : evidence::Severity::kNote;
  evidence::Finding finding = finding_of(rule, severity, evidence::Proof::kFile,
                                         "The model needs operators that are not among the builtin ones we run: " + names +
                                             ". Register their kernels in the app, or convert with builtin operators only.");
  finding.where = {.stage = "model", .pointer = "/model", .node = node_index};
  findings.push_back(std::move(finding));
}

}  // namespace

extern constinit const Rule unit_unsupported_operator{
    .code = "F005",
    .name = "unsupported-operator",
    .summary = "an operator that the chosen runtime cannot run",
    .documentation = R"(## What it finds
A custom, Flex or too new operator that neither our kernels nor a plain TensorFlow Lite runtime know, or types and ranks for
which an operator has no kernel.

## Why it hurts
The runtime refuses the model, or everything after the operator has no value.

## Evidence
The operators of the file against those that can run; what depends on the missing ones is named as not computed.

## Example
A model with FlexErf in an app that links only the builtin operators.

## Fix safety
There is no patch: register the operator's kernel, link the Flex delegate, or convert with builtin operators only.

## When to ignore it
When the app registers the custom operator itself: then diagnose the tensors before it.
)",
    .look = &look,
};

}  // namespace whyzero::rules
