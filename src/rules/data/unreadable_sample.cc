// D003 unreadable-sample: a sample that cannot be read.
#include "rules/rule.h"

#include <fmt/format.h>

namespace whyzero::rules {
namespace {

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  const auto& unreadable = a_case.symptom.evaluation.unreadable;
  if (unreadable.empty()) return;
  evidence::Finding finding = finding_of(rule, evidence::Severity::kNote, evidence::Proof::kRun,
                                         fmt::format("{} of {} samples cannot be read and are left out; first {}: {}.", unreadable.size(),
                                                     a_case.sources.empty() ? unreadable.size() : a_case.sources.front()->size(),
                                                     unreadable.front().sample, unreadable.front().why));
  finding.where = {.stage = "data", .pointer = a_case.app.inputs.empty() ? "/input" : a_case.app.inputs.front().pointer};
  findings.push_back(std::move(finding));
}

}  // namespace

extern constinit const Rule unit_unreadable_sample{
    .code = "D003",
    .name = "unreadable-sample",
    .summary = "a sample that cannot be read",
    .documentation = R"(## What it finds
A photo that cannot be decoded, a file that is missing or of another kind.

## Why it hurts
It is skipped; all figures are of the rest.

## Evidence
The decoder's message.

## Example
A photo whose upload was cut off.

## Fix safety
Nothing to mend in the app: replace the file.

## When to ignore it
When the rest suffices.
)",
    .look = &look,
};

}  // namespace whyzero::rules
