// A003 wrong-tensor: the index set or read is not the input's or output's.
#include <fmt/format.h>

#include <algorithm>

#include "rules/common/script.h"

namespace whyzero::rules {
namespace {

using app::Call;

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  if (!a_case.model || a_case.calls.empty()) return;
  const graph::Subgraph& graph = a_case.model->main();
  const Call *set = nullptr, *read = nullptr;
  bool output_read = false;
  for (const Call& call : a_case.calls) {
    if (call.call == "set_tensor" && call.tensor >= 0 && !evidence::is_input(a_case, call.tensor) && !set) set = &call;
    if (!evidence::is_read(call) || call.tensor < 0) continue;
    if (evidence::is_output(a_case, call.tensor)) output_read = true;
    // A view of an input is how some scripts fill it.
    else if (!read && !(call.call == "tensor" && evidence::is_input(a_case, call.tensor))) read = &call;
  }
  if (set) {
    const size_t place = 0;
    evidence::Finding finding = finding_at(
        rule, a_case, *set,
        fmt::format("{} sets tensor {}, which is no input of the model; its input is {}. What the model computes with is not what is set.",
                    evidence::line_of(a_case.calls, *set), tensor_label(a_case, set->tensor),
                    graph.inputs.empty() ? "none" : tensor_label(a_case, graph.inputs[place])));
    finding.fix = python_fix(fmt::format("interpreter.set_tensor({}, x)", python_index(false, place)));
    findings.push_back(std::move(finding));
  }
  // Looking at inner tensors beside the output is debugging.
  if (read && !output_read && !graph.outputs.empty()) {
    const size_t place = a_case.binding ? static_cast<size_t>(a_case.binding->output) : 0;
    evidence::Finding finding = finding_at(
        rule, a_case, *read,
        fmt::format("{} reads tensor {}, which is no output of the model, and no output is ever read; the output is {}.",
                    evidence::line_of(a_case.calls, *read), tensor_label(a_case, read->tensor), tensor_label(a_case, graph.outputs[place])));
    finding.fix = python_fix(fmt::format("y = interpreter.get_tensor({})", python_index(true, place)));
    findings.push_back(std::move(finding));
  }
}

}  // namespace

extern constinit const Rule unit_wrong_tensor{
    .code = "A003",
    .name = "wrong-tensor",
    .summary = "the index set or read is not the input's or output's",
    .documentation = R"(## What it finds
An index, usually a literal 0 or 1, that is used as if it were the place among the inputs or outputs. The runtime counts all tensors of the graph.

## Why it hurts
The input keeps zeros or old values, and what is read is a weight or an inner tensor.

## Evidence
The recorded calls, and the graph's lists of inputs and outputs.

## Example
`interpreter.get_tensor(0)` reads the model's input back.

## Fix safety
Shown as code: take the index from get_input_details() and get_output_details().

## When to ignore it
Reading inner tensors on purpose, while the output is read too, is not reported.
)",
    .look = &look,
};

}  // namespace whyzero::rules
