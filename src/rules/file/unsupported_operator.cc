// F005 unsupported-operator: an operator that the chosen runtime cannot run.
#include "rules/rule.h"

#include "ops/registry.h"
#include "runtime/interpreter.h"

namespace whyzero::rules {
namespace {

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  if (!a_case.model) return;
  std::string names;
  int node_index = -1;
  for (const graph::Node& node : a_case.model->main().nodes) {
    if (ops::find_operator(node)) continue;
    if (node_index < 0) node_index = node.index;
    const std::string name = node.op_name + " (version " + std::to_string(node.version) + ")";
    if (names.find(name) == std::string::npos) names += (names.empty() ? "" : ", ") + name;
  }
  if (node_index < 0) return;
  // Whether the app's runtime can run it is not known; that the read output needs it is.
  const bool needed = a_case.symptom.failure && a_case.symptom.failure->code == ErrorCode::kUnsupported;
  evidence::Finding finding = finding_of(rule, needed ? evidence::Severity::kError : evidence::Severity::kNote, evidence::Proof::kFile,
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
A custom, Flex or too new operator that neither our kernels nor a plain TensorFlow Lite runtime know.

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
