// Q003 calibration-mismatch: ranges recorded with other preprocessing than the app's.
#include <fmt/format.h>

#include "rules/common/quantization.h"

namespace whyzero::rules {
namespace {

void weigh(const Rule& rule, const evidence::Case& a_case, const evidence::QuantizationEvidence& evidence, std::vector<evidence::Finding>& findings) {
  const QuantizationCause cause = cause_of(a_case, evidence);
  if (cause.code != rule.code) return;
  findings.push_back(quantization_finding(
      rule, a_case, evidence, cause,
      fmt::format("The ranges were recorded with other preprocessing than the app's: the input's range is {:.3g}…{:.3g}, as {} makes it, but the app feeds {:.3g}…{:.3g}, which "
                  "the weights want. The costliest of {} ranges that do not fit: {}. Quantize again and give the representative data set the app's preprocessing.",
                  cause.input->grid.least(), cause.input->grid.most(), cause.calibrated->made_by, cause.input->range.low, cause.input->range.high, evidence.suspects.size(),
                  describe_range(a_case, *cause.tensors.front()))));
}

}  // namespace

extern constinit const Rule unit_calibration_mismatch{
    .code = "Q003",
    .name = "calibration-mismatch",
    .summary = "ranges recorded with other preprocessing than the app's",
    .documentation = R"(## What it finds
A model that was calibrated with photos prepared in another way than for training and for the app, and the way that fits
the recorded input range.

## Why it hurts
All ranges behind the input are off as well: too narrow, and activations are clipped, or too wide, and few levels are left.

## Evidence
The input's recorded range is one that another preprocessing makes, and does not fit what the app feeds. Lifting the
rounding restores the answers for the app's own preprocessing, and no change of the pipeline does as well.

## Example
A representative data set that yields x / 255 for a network that was trained on x / 127.5 - 1.

## Fix safety
Only shown: the model has to be quantized again, with the app's preprocessing.

## When to ignore it
Where the app can feed what the ranges were recorded with, and that restores the answers, the pipeline is reported instead.
)",
    .weigh = &weigh,
};

}  // namespace whyzero::rules
