// A005 shared-interpreter: samples mixed between threads; one sample's output is another's.
#include <fmt/format.h>

#include <map>

#include "rules/common/script.h"

namespace whyzero::rules {
namespace {

using app::Call;

/// A call of one thread that came while another was between its set_tensor and its get_tensor on the same interpreter.
const Call* first_interruption(const evidence::Case& a_case) {
  std::map<int64_t, const Call*> busy;  // by interpreter: the set_tensor whose answer is still to be read
  for (const Call& call : a_case.calls) {
    const bool on_interpreter = call.call == "set_tensor" || call.call == "invoke" || call.call == "get_tensor";
    if (!on_interpreter || call.failed()) continue;
    const Call*& holder = busy[call.interpreter];
    const bool reads_output = call.call == "get_tensor" && evidence::is_output(a_case, call.tensor);
    if (holder && holder->thread != call.thread) return &call;
    if (evidence::sets_input(a_case, call)) holder = &call;
    if (reads_output) holder = nullptr;
  }
  return nullptr;
}

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  if (!a_case.model || a_case.calls.empty()) return;
  const evidence::Reads& reads = a_case.reads;
  const Call* interruption = first_interruption(a_case);
  bool later = false;
  for (const auto& stray : reads.strays) later = later || stray.of > stray.read;
  const std::string mixed = reads.strays.empty() ? "" : fmt::format(" {} of {} outputs that were read are the answers to other inputs.", reads.strays.size(), reads.checked);
  const std::string mend = " An interpreter serves one thread at a time: give each thread its own, or hold a lock from set_tensor to get_tensor.";
  const auto report = [&](const Call& call, std::string message) {
    evidence::Finding finding = finding_at(rule, a_case, call, std::move(message) + mixed + mend);
    finding.fix = python_fix("with lock:\n    interpreter.set_tensor(input_index, x)\n    interpreter.invoke()\n    y = interpreter.get_tensor(output_index)");
    findings.push_back(std::move(finding));
  };
  if (interruption)
    return report(*interruption, fmt::format("At {} one thread calls {} on an interpreter while another is between its set_tensor and its get_tensor.",
                                             evidence::line_of(a_case.calls, *interruption), interruption->call));
  if (later && reads.strays.size() >= 2) report(*reads.strays.front().call, "Answers are mixed up between samples.");
}

}  // namespace

extern constinit const Rule unit_shared_interpreter{
    .code = "A005",
    .name = "shared-interpreter",
    .summary = "samples mixed between threads; one sample's output is another's",
    .documentation = R"(## What it finds
Several threads that use one interpreter without a lock around set_tensor, invoke and get_tensor.

## Why it hurts
A thread reads the answer to another thread's sample. It goes well most of the time, and wrong under load.

## Evidence
The recorded calls, by thread: a call of one thread inside the set-invoke-get of another. The values that were read are compared with
what the model answers to the recorded inputs.

## Example
A web server that keeps one interpreter and answers requests in a pool of threads.

## Fix safety
Shown as code: a lock, or one interpreter a thread.

## When to ignore it
Never: even where no sample was mixed up in the recording, the order is luck.
)",
    .look = &look,
};

}  // namespace whyzero::rules
