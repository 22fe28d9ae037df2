// D003 unreadable-sample: a sample that cannot be read.
#include "rules/rule.h"

#include <fmt/format.h>

#include <algorithm>

namespace whyzero::rules {
namespace {

/// Those that could not be run, and captured tensors in whose place their photos run.
std::vector<app::Unreadable> unreadable_samples(const evidence::Case& a_case) {
  std::vector<app::Unreadable> list = a_case.symptom.evaluation.unreadable;
  if (a_case.sources.empty()) return list;
  const app::Source& source = *a_case.sources.front();
  for (const auto& recovery : a_case.recoveries) {
    for (size_t i = 0; recovery && i < std::min(recovery->samples.size(), source.size()); ++i) {
      const bool known = std::any_of(list.begin(), list.end(), [&](const app::Unreadable& one) { return one.sample == source.name(i); });
      if (recovery->samples[i].verdict == recover::Verdict::kUnreadable && !known)
        list.push_back({source.name(i), fmt::format("the captured tensor of {} is broken (`whyzero recover` says how); the photo runs in its place", source.name(i))});
    }
  }
  return list;
}

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  const std::vector<app::Unreadable> unreadable = unreadable_samples(a_case);
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
A photo that cannot be decoded, a captured tensor or a row of a table that is broken, a file that is missing or of another kind.

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
