// D002 truth-unmatched: rows of the truth that belong to no sample, or name no label.
#include "rules/rule.h"

#include <algorithm>
#include <fmt/format.h>

namespace whyzero::rules {
namespace {

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  const app::Truth& truth = a_case.truth;
  const auto without = std::count_if(truth.labels.begin(), truth.labels.end(), [](const auto& label) { return !label.has_value(); });
  std::string message;
  const auto say = [&](std::string text) { message += (message.empty() ? "" : " ") + std::move(text); };
  if (!truth.unmatched_rows.empty())
    say(fmt::format("{} rows of the truth belong to no sample (first: {}).", truth.unmatched_rows.size(), truth.unmatched_rows.front()));
  if (truth.any() && without > 0) say(fmt::format("{} samples have no truth.", without));
  if (!truth.unknown_labels.empty() && a_case.app.output.labels)
    say(fmt::format("{} labels of the truth are neither a text nor a line number of the label file (first: {}).", truth.unknown_labels.size(),
                    truth.unknown_labels.front()));
  else if (!truth.unknown_labels.empty())
    say(fmt::format("{} labels of the truth are no numbers (first: {}), and there is no label file that names the classes: give one as /output/labels.",
                    truth.unknown_labels.size(), truth.unknown_labels.front()));
  if (message.empty()) return;
  evidence::Finding finding = finding_of(rule, evidence::Severity::kNote, evidence::Proof::kStatic, std::move(message));
  finding.where = {.stage = "data", .pointer = "/truth"};
  findings.push_back(std::move(finding));
}

}  // namespace

extern constinit const Rule unit_truth_unmatched{
    .code = "D002",
    .name = "truth-unmatched",
    .summary = "rows of the truth that belong to no sample, or name no label",
    .documentation = R"(## What it finds
Truth for samples that are not there, samples without truth, labels that the label file does not know.

## Why it hurts
What cannot be matched cannot be judged; a wrong spelling lowers the measured accuracy.

## Evidence
The truth file against the samples and the label file.

## Example
Truth that says tench.jpg where the photo is called n01440764_tench.JPEG.

## Fix safety
Nothing to mend in the app: correct the truth file.

## When to ignore it
When the rest suffices.
)",
    .look = &look,
};

}  // namespace whyzero::rules
