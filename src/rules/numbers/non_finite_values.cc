// N001 non-finite-values: NaN or infinity appears inside the model for these inputs.
#include "evidence/non_finite.h"
#include "rules/rule.h"

#include <fmt/format.h>

#include <algorithm>

namespace whyzero::rules {
namespace {

using evidence::Severity;

/// Answers without a number in fewer samples than this share cost less than a fault must.
constexpr double kMany = 0.05;

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  const auto found = evidence::find_non_finite(a_case);
  if (!found) return;
  // Bytes read as floats are garbage of another cause; a table or an array that holds NaN really does.
  const app::SourceKind kind = a_case.input().kind;
  const bool numbers_given = kind == app::SourceKind::kTable || kind == app::SourceKind::kArrays;
  if (found->fed && !(numbers_given && found->node < 0)) return;
  // Weights that are no numbers make such answers for every input, and are found in the file.
  if (std::any_of(findings.begin(), findings.end(), [](const evidence::Finding& f) { return f.code == "M003" || f.code == "N002"; })) return;
  const graph::Subgraph& graph = a_case.model->main();
  const std::string where = found->node < 0 ? "the app's own input" : graph.nodes[static_cast<size_t>(found->node)].label(), tensor = graph.tensors[static_cast<size_t>(found->tensor)].label();
  const std::string reads = found->source < 0 ? "" : fmt::format(", which reads numbers from {:.4g} to {:.4g} from {}", found->low, found->high,
                                                                 graph.tensors[static_cast<size_t>(found->source)].label());
  const bool many = found->samples >= kMany * found->of;
  evidence::Finding finding = finding_of(
      rule, many ? Severity::kError : Severity::kWarning, evidence::Proof::kRun,
      fmt::format("{} of {} samples get no number for an answer ({} is the first). There {} first appears in {}, {}{}. Arg max passes over NaN and "
                  "answers as if nothing had happened. Find out which values of the input the operator cannot take (missing values, zero, a negative "
                  "number), and replace them as in training.",
                  found->samples, found->of, found->first, found->nan ? "NaN" : "infinity", tensor, found->node < 0 ? where : "the output of " + where, reads));
  finding.confidence = many ? 0.97 : 0.9;
  finding.where = {.stage = "input", .pointer = a_case.input().pointer, .tensor = found->tensor, .node = found->node};
  findings.push_back(std::move(finding));
}

}  // namespace

extern constinit const Rule unit_non_finite_values{
    .code = "N001",
    .name = "non-finite-values",
    .summary = "NaN or infinity appears inside the model for these inputs",
    .documentation = R"(## What it finds
Samples whose answer is NaN or infinite although all weights are numbers, and the first node that makes it so.

## Why it hurts
NaN spreads through every later layer. Comparisons with NaN are false, so that arg max answers some class without a sign of
trouble.

## Evidence
The app's own samples are run with every tensor kept, and the path is walked back from the answer to the node that reads only
numbers and writes something else.

## Example
A logarithm of a feature that is -1 where a value is missing.

## Fix safety
There is no patch: what a missing value should be is known from the training only.

## When to ignore it
Never; but where the input itself is garbage (P006) that is the cause, and only that is reported.
)",
    .look = &look,
};

}  // namespace whyzero::rules
