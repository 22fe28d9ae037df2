// Q005 sensitive-layer: few layers carry the loss, though their ranges fit.
#include <fmt/format.h>

#include "rules/common/quantization.h"

namespace whyzero::rules {
namespace {

void weigh(const Rule& rule, const evidence::Case& a_case, const evidence::QuantizationEvidence& evidence, std::vector<evidence::Finding>& findings) {
  const QuantizationCause cause = cause_of(a_case, evidence);
  if (cause.code != rule.code) return;
  findings.push_back(quantization_finding(rule, a_case, evidence, cause,
                                          "Rounding the activations costs right answers although every range fits its values: the layers need finer steps. Keep activations in int16 or "
                                          "the last layers in float."));
}

}  // namespace

extern constinit const Rule unit_sensitive_layer{
    .code = "Q005",
    .name = "sensitive-layer",
    .summary = "layers that need finer steps than their integers have",
    .documentation = R"(## What it finds
A quantized model that loses right answers although all ranges fit. Where one layer with an odd range carries the loss, that
range is reported, and this cause stands beside it.

## Why it hurts
Some layers decide on small differences: eight bits are too coarse for them, however well the range is chosen.

## Evidence
The model is run in real numbers with and without the rounding of its activations, on the same samples; tensors whose
rounding makes a large error are tried alone.

## Example
A regression head whose output spans 0…1000 and must be right to a unit.

## Fix safety
Only shown: int16 activations, or these layers in float, need a new conversion.

## When to ignore it
When the loss is below what the app can bear.
)",
    .weigh = &weigh,
};

}  // namespace whyzero::rules
