// A006 runtime-error-ignored: an exception or error status of the runtime was swallowed, old values were used.
#include <fmt/format.h>

#include "rules/common/script.h"

namespace whyzero::rules {
namespace {

using app::Call;

/// Which cause the refused call itself has.
std::vector<std::string> cause_of(const evidence::Case& a_case, const Call& failed) {
  for (const Refused& refused : refused_inputs(a_case)) {
    if (refused.call != &failed) continue;
    const auto& inputs = a_case.model->main().inputs;
    const graph::Tensor& tensor = a_case.model->main().tensors[static_cast<size_t>(inputs[refused.input])];
    if (!failed.dtype.empty() && failed.dtype != dtype_name(tensor.dtype)) return {"P016"};
    return {"P015"};
  }
  return {};
}

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  if (!a_case.model) return;
  const Call* first = nullptr;
  int count = 0;
  for (const Call& call : a_case.calls) {
    if (!call.failed() || call.call == "exception" || !went_on_after(a_case, call)) continue;
    if (!first) first = &call;
    ++count;
  }
  if (!first) return;
  std::string message = fmt::format("{} fails at {} ({}), the error is swallowed, and the script goes on with the values of before", first->call,
                                    evidence::line_of(a_case.calls, *first), first->exception);
  if (count > 1) message += fmt::format("; it happens {} times", count);
  evidence::Finding finding = finding_at(rule, a_case, *first, message + ". Let the error stop the sample, and mend what the runtime complains of.");
  finding.alternatives = cause_of(a_case, *first);
  if (!finding.alternatives.empty() && a_case.binding) {
    for (size_t k = 0; k < a_case.app.inputs.size(); ++k)
      if (a_case.input_tensor(k).index == first->tensor && finding.alternatives.front() == "P016")
        finding.fix = python_fix(python_cast(a_case.input_tensor(k)) + "  # and no except around set_tensor");
  }
  if (!finding.fix) finding.fix = python_fix("raise  # in the except that swallows the error");
  findings.push_back(std::move(finding));
}

}  // namespace

extern constinit const Rule unit_runtime_error_ignored{
    .code = "A006",
    .name = "runtime-error-ignored",
    .summary = "an exception or error status of the runtime was swallowed, old values were used",
    .documentation = R"(## What it finds
A call on the interpreter that failed, after which the script ran the model or read its output all the same.

## Why it hurts
The model computes with the values of the sample before, or with zeros, and nobody is told.

## Evidence
The recorded calls: the runtime's own words, and the calls that follow.

## Example
`except Exception: pass` around set_tensor with float64 numbers: every photo gets the answer to an empty input.

## Fix safety
Shown as code. The cause of the refusal (P015, P016) is named as the alternative.

## When to ignore it
A call that is made again with success before the model runs is not reported.
)",
    .look = &look,
};

}  // namespace whyzero::rules
