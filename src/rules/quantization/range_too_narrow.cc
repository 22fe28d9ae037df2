// Q001 range-too-narrow: activations are clipped at the end of their quantized range.
#include <fmt/format.h>

#include "rules/common/quantization.h"

namespace whyzero::rules {
namespace {

void weigh(const Rule& rule, const evidence::Case& a_case, const evidence::QuantizationEvidence& evidence, std::vector<evidence::Finding>& findings) {
  const QuantizationCause cause = cause_of(a_case, evidence);
  if (cause.code != rule.code) return;
  findings.push_back(quantization_finding(
      rule, a_case, evidence, cause,
      fmt::format("{} activation{} clipped{}: {}. Quantize again with ranges recorded on samples like the app's, fed as the app feeds them.",
                  cause.tensors.size(), cause.tensors.size() == 1 ? " is" : "s are", which_first(cause), describe_range(a_case, *cause.tensors.front()))));
}

}  // namespace

extern constinit const Rule unit_range_too_narrow{
    .code = "Q001",
    .name = "range-too-narrow",
    .summary = "activations are clipped at the end of their quantized range",
    .documentation = R"(## What it finds
A quantized activation whose range ends before its values do: everything beyond becomes the last integer. Names the
tensor, the share of its values that is clipped and the right answers that this costs.

## Why it hurts
The largest activations carry the decision. Held to the same end, they can no longer be told apart.

## Evidence
The model is run in real numbers, first with no activation rounded, then with only the suspicious one held to its
integers. What the first gains and the second loses is measured on the same samples, answer by answer.

## Example
A representative data set of ten gray pictures: the ranges recorded with it end at a tenth of what photos reach.

## Fix safety
Only shown: the ranges have to be recorded again. The values seen in the run are named.

## When to ignore it
A clamp that is part of the model (ReLU6) costs nothing when it is lifted and is not reported.
)",
    .weigh = &weigh,
};

}  // namespace whyzero::rules
