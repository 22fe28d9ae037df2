// A001 not-invoked: the output is read before, or without, invoke().
#include <fmt/format.h>

#include "rules/common/script.h"

namespace whyzero::rules {
namespace {

using app::Call;
using evidence::InterpreterState;

/// Whether the last inputs that were set were never run: what an app does that reads one sample late from beginning to end.
bool last_inputs_are_never_run(const evidence::Case& a_case) {
  bool waiting = false;
  for (const Call& call : a_case.calls) {
    if (evidence::sets_input(a_case, call)) waiting = true;
    if (call.call == "invoke") waiting = false;
  }
  return waiting;
}

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  if (!a_case.model || a_case.calls.empty()) return;
  const bool late = last_inputs_are_never_run(a_case);
  const Call* first = nullptr;
  bool never = false;
  int count = 0, reads_in_all = 0;
  evidence::replay(a_case.calls, [&](const Call& call, const InterpreterState& state) {
    // An input set and the answer to the one before read once is a pipeline of two stages; read twice it is the old answer again.
    const bool reads = evidence::is_read(call) && !call.failed() && evidence::is_output(a_case, call.tensor);
    reads_in_all += reads;
    if (!reads || state.failed || state.sets == 0) return;
    const bool before = state.invocations == 0 && call.call == "get_tensor";
    if (!before && !(state.waiting && (state.read || late) && call.call == "get_tensor")) return;
    if (!first) {
      first = &call;
      never = state.invocations == 0;
    }
    ++count;
  });
  if (!first) return;
  std::string message = fmt::format("The output {} is read at {} {}", tensor_label(a_case, first->tensor), evidence::line_of(a_case.calls, *first),
                                    never ? "before invoke() has ever run: it holds whatever lay in memory"
                                          : "after an input was set, but before invoke() ran on it: it is the answer to an earlier input");
  if (count > 1) message += fmt::format(" ({} times in all)", count);
  evidence::Finding finding = finding_at(rule, a_case, *first, message + ". Call invoke() between set_tensor and get_tensor.");
  // A look at the tensor's shape, say, before all is read as it should.
  if (2 * count < reads_in_all) finding.severity = evidence::Severity::kNote;
  if (!never) finding.alternatives = {"A002"};
  finding.fix = python_fix("interpreter.set_tensor(input_index, x)\ninterpreter.invoke()\ny = interpreter.get_tensor(output_index)");
  findings.push_back(std::move(finding));
}

}  // namespace

extern constinit const Rule unit_not_invoked{
    .code = "A001",
    .name = "not-invoked",
    .summary = "the output is read before, or without, invoke()",
    .documentation = R"(## What it finds
A script that sets an input and reads the output without running the model in between.

## Why it hurts
The output tensor holds zeros, what lay in memory, or the answer to the sample before.

## Evidence
The recorded calls: a get_tensor of an output while a set input waits for its invoke().

## Example
`invoke()` stands before `set_tensor` in the loop: every photo gets the answer of the one before it, and the first gets noise.

## Fix safety
Shown as code: set_tensor, invoke, get_tensor, in this order.

## When to ignore it
A script that fills the next input while the last answer is still unread, and reads that once, is not reported.
)",
    .look = &look,
};

}  // namespace whyzero::rules
