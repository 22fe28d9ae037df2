// D001 too-few-samples: with more samples more could be told.
#include "rules/rule.h"

#include <algorithm>
#include <fmt/format.h>

namespace whyzero::rules {
namespace {

/// Below this a fault worth ten points is found in fewer than half of all draws.
constexpr long kEnough = 30;

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  if (!a_case.labelled()) return;
  const auto& labels = a_case.truth.labels;
  const long known = std::count_if(labels.begin(), labels.end(), [](const auto& label) { return label.has_value(); });
  if (known >= kEnough) return;
  findings.push_back(finding_of(rule, evidence::Severity::kNote, evidence::Proof::kStatic,
                                fmt::format("{} labelled sample{}: only large effects can be proven. {} or more would show smaller ones.", known,
                                            known == 1 ? "" : "s", kEnough)));
}

}  // namespace

extern constinit const Rule unit_too_few_samples{
    .code = "D001",
    .name = "too-few-samples",
    .summary = "with more samples more could be told",
    .documentation = R"(## What it finds
A diagnosis on so few labelled samples that only large effects can be proven.

## Why it hurts
A fault worth a few points hides in the noise of a dozen photos.

## Evidence
The number of samples with truth.

## Example
Twelve photos and a model that is right on nine of them.

## Fix safety
Nothing to mend: a remark.

## When to ignore it
When something was proven all the same.
)",
    .look = &look,
};

}  // namespace whyzero::rules
