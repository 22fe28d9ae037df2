// Q002 range-too-wide: an outlier or dummy range leaves few levels for the values that matter.
#include <fmt/format.h>

#include "rules/common/quantization.h"

namespace whyzero::rules {
namespace {

void weigh(const Rule& rule, const evidence::Case& a_case, const evidence::QuantizationEvidence& evidence, std::vector<evidence::Finding>& findings) {
  const QuantizationCause cause = cause_of(a_case, evidence);
  if (cause.code != rule.code) return;
  findings.push_back(quantization_finding(
      rule, a_case, evidence, cause,
      fmt::format("{} activation{} a range far wider than {} values{}: {}. Quantize again with ranges recorded on samples like the app's, without "
                  "outliers and without default ranges.",
                  cause.tensors.size(), cause.tensors.size() == 1 ? " has" : "s have", cause.tensors.size() == 1 ? "its" : "their",
                  which_first(cause), describe_range(a_case, *cause.tensors.front()))));
}

}  // namespace

extern constinit const Rule unit_range_too_wide{
    .code = "Q002",
    .name = "range-too-wide",
    .summary = "an outlier or dummy range leaves few levels for the values that matter",
    .documentation = R"(## What it finds
A quantized activation whose range is many times wider than its values: of 256 levels a handful is used. Names the
tensor, the levels used and the right answers that this costs.

## Why it hurts
One outlier in the calibration data, or a range set by hand, makes the step so coarse that different activations become
the same integer.

## Evidence
The model is run in real numbers, first with no activation rounded, then with only the suspicious one held to its
integers. What the first gains and the second loses is measured on the same samples, answer by answer.

## Example
One broken sample in the representative data set with values forty times too large.

## Fix safety
Only shown: the ranges have to be recorded again. The values seen in the run are named.

## When to ignore it
Ranges that are wide without costing right answers are not reported.
)",
    .weigh = &weigh,
};

}  // namespace whyzero::rules
