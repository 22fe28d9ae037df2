// Q008 quantized-worse-than-float: the quantized model loses more than it must against its float twin.
#include <fmt/format.h>

#include "rules/common/quantization.h"

namespace whyzero::rules {
namespace {

void weigh(const Rule& rule, const evidence::Case& a_case, const evidence::QuantizationEvidence& evidence, std::vector<evidence::Finding>& findings) {
  const QuantizationCause cause = cause_of(a_case, evidence);
  if (cause.code != rule.code || !evidence.desk) return;
  const evidence::Desk& desk = *evidence.desk;
  std::string part = "No activation's range is to blame: the loss is in the weights";
  if (!evidence.suspects.empty()) {
    const evidence::RoundedTensor* first = &evidence.suspects.front();
    for (const evidence::RoundedTensor& suspect : evidence.suspects)
      if (suspect.node < first->node) first = &suspect;
    part = "They may part at " + describe_range(a_case, *first);
  }
  findings.push_back(quantization_finding(
      rule, a_case, evidence, cause,
      fmt::format("The quantized model is far from its float twin: on {} of {} samples its decision is another than that of the recorded outputs, and {} more are wrong. {}. Convert "
                  "again and compare tensor by tensor on the same input.",
                  desk.samples - desk.agree, desk.samples, desk.gained - desk.lost, part)));
}

}  // namespace

extern constinit const Rule unit_quantized_worse_than_float{
    .code = "Q008",
    .name = "quantized-worse-than-float",
    .summary = "the quantized model loses more than it must against its float twin",
    .documentation = R"(## What it finds
A quantized model that decides differently from the float model it was made of, whose outputs were recorded for the same
samples (`expect.model_outputs`), and is wrong more often.

## Why it hurts
Quantization should cost a point or two. Where it costs more, something went wrong when the model was converted.

## Evidence
Decisions of the recorded outputs and of the app, sample by sample. Where a range or the weights can be shown to cause it,
that is reported, and this cause stands beside it.

## Example
A float model right on 96 of 100 photos, its int8 version on 39.

## Fix safety
Only shown: convert again.

## When to ignore it
Differences within rounding: decisions that change without more of them being wrong.
)",
    .weigh = &weigh,
};

}  // namespace whyzero::rules
