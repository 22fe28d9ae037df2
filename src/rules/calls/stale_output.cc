// A002 stale-output: the output read is that of an earlier run.
#include <fmt/format.h>

#include "rules/common/script.h"

namespace whyzero::rules {
namespace {

using app::Call;

/// A script that reads answer after answer and then runs on unread measures time.
constexpr int kFewReads = 2;

struct Unread {
  const Call* last_read = nullptr;
  int runs = 0;   // invocations on newly set inputs since
  int reads = 0;  // of outputs, in all
};

/// Runs on new inputs after the last time that any output was read.
Unread unread_runs(const evidence::Case& a_case) {
  Unread unread;
  bool new_input = false;
  for (const Call& call : a_case.calls) {
    if (call.failed()) continue;
    if (evidence::is_read(call) && evidence::is_output(a_case, call.tensor)) unread = {&call, 0, unread.reads + 1};
    if (evidence::sets_input(a_case, call)) new_input = true;
    if (call.call == "invoke") {
      unread.runs += new_input;
      new_input = false;
    }
  }
  return unread;
}

bool all_earlier(const evidence::Reads& reads) {
  for (const auto& stray : reads.strays)
    if (stray.of > stray.read) return false;
  return !reads.strays.empty();
}

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  if (!a_case.model || a_case.calls.empty()) return;
  for (const evidence::Finding& f : findings)
    if (f.code == "A001" && f.severity == evidence::Severity::kError) return;  // the same reads, explained by their order already
  if (const Unread unread = unread_runs(a_case); unread.last_read && unread.last_read->call == "get_tensor" && unread.reads <= kFewReads && unread.runs >= 2) {
    evidence::Finding finding = finding_at(
        rule, a_case, *unread.last_read,
        fmt::format("The output is copied at {} and never read again, although invoke() runs {} more times on new inputs: get_tensor returns "
                    "a copy, and the copy keeps the old answer. Call get_tensor after every invoke().",
                    evidence::line_of(a_case.calls, *unread.last_read), unread.runs));
    finding.confidence = 0.9;
    finding.fix = python_fix("interpreter.invoke()\ny = interpreter.get_tensor(output_index)");
    findings.push_back(std::move(finding));
    return;
  }
  const evidence::Reads& reads = a_case.reads;
  if (reads.strays.size() < 2 || !all_earlier(reads)) return;
  const auto& stray = reads.strays.front();
  evidence::Finding finding = finding_at(
      rule, a_case, *stray.call,
      fmt::format("{} of {} outputs do not follow their input: they are what the model answers to an earlier one. The first is read at {}: answer {} "
                  "is that to input {}. Read the output after the invoke() of the same sample.",
                  reads.strays.size(), reads.checked, evidence::line_of(a_case.calls, *stray.call), stray.read, stray.of));
  finding.evidence.emplace_back();
  finding.evidence.back().text = "the model was run on the recorded inputs and its answers compared with the values that were read";
  finding.alternatives = {"A005"};
  finding.fix = python_fix("interpreter.invoke()\ny = interpreter.get_tensor(output_index)");
  findings.push_back(std::move(finding));
}

}  // namespace

extern constinit const Rule unit_stale_output{
    .code = "A002",
    .name = "stale-output",
    .summary = "a view or copy of an earlier run is read; the output does not follow the input",
    .documentation = R"(## What it finds
Outputs that are copied once and used for every sample, or read values that the model gives for an earlier input.

## Why it hurts
Every sample gets the answer of another one, usually the first or the one before.

## Evidence
The recorded calls: runs on new inputs after the last read. Or the recorded values: the model is run on each recorded input and
the values that the script read are compared with its own answer and with those to the other inputs.

## Example
`y = interpreter.get_tensor(i)` stands before the loop: get_tensor returns a copy, which no later invoke() changes.

## Fix safety
Shown as code: get_tensor after every invoke().

## When to ignore it
A script that reads one answer and then only measures time on new inputs is reported; ignore it there.
)",
    .look = &look,
};

}  // namespace whyzero::rules
