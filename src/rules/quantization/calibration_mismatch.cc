// Q003 calibration-mismatch: ranges recorded with other preprocessing than the app's.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "evidence/chance.h"
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

/// Samples whose numbers are looked at, and the share of its levels that an input must be left with to carry a picture: 25 of 256.
constexpr size_t kSamples = 16;
constexpr double kFewLevels = 0.1;
/// Numbers that span less than this no network is trained with: the app scales them once too often.
constexpr double kLeastSpan = 0.5;

/// What the app's pipeline makes before its last step rounds it to the integers of input `k`; nothing where it ends otherwise.
std::optional<quantize::ActivationRange> before_rounding(const evidence::Case& a_case, size_t k, const quantize::Grid& grid) {
  app::Input input = a_case.input(k);
  if (input.pipeline.empty() || !input.pipeline.back().contains("quantize")) return std::nullopt;
  input.pipeline.erase(input.pipeline.size() - 1);
  app::TensorInfo real = a_case.input_tensor(k);
  real.dtype = DType::kFloat32;
  quantize::ActivationRange range;
  for (size_t i = 0; i < std::min(kSamples, a_case.sources[k]->size()); ++i) {
    const auto value = app::input_value(*a_case.sources[k], input, i, real);
    if (!value) continue;
    std::vector<float> numbers(value->bytes.size() / sizeof(float));
    std::memcpy(numbers.data(), value->bytes.data(), numbers.size() * sizeof(float));
    range.add(quantize::measure_range(grid, numbers));
  }
  return range.count > 0 ? std::optional(range) : std::nullopt;
}

/// An app that quantizes its input itself rounds it before anything can be lifted: that hardly a level is left shows in its own numbers. Where no change of
/// the pipeline restores the answers, the range of the input is what is wrong.
void conclude(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  if (!a_case.model || !a_case.binding || !evidence::leaves_to_explain(a_case)) return;
  for (size_t k = 0; k < a_case.app.inputs.size(); ++k) {
    const quantize::Grid grid = quantize::grid_of(a_case.model->main().tensors[static_cast<size_t>(a_case.input_tensor(k).index)]);
    const Convention* calibrated = grid.present() ? convention_of(grid) : nullptr;
    const auto range = calibrated ? before_rounding(a_case, k, grid) : std::nullopt;
    if (!range || range->levels_used(grid) >= kFewLevels * grid.levels() || range->high - range->low < kLeastSpan) continue;
    evidence::Finding finding = finding_of(
        rule, evidence::Severity::kError, evidence::Proof::kStatic,
        fmt::format("The range of input {} was recorded with other preprocessing than the app's: it is {:.3g}…{:.3g}, as {} makes it, but the app feeds {:.3g}…{:.3g}, which spans {:.0f} of "
                    "{} levels. No change of the pipeline restores the answers. Quantize again and give the representative data set the app's preprocessing.",
                    a_case.input_tensor(k).name, grid.least(), grid.most(), calibrated->made_by, range->low, range->high, range->levels_used(grid), grid.levels()));
    finding.confidence = 0.85;
    finding.where = {.stage = "model", .pointer = "/model", .tensor = a_case.input_tensor(k).index};
    finding.alternatives = {"Q002"};
    finding.fix.emplace().safety = evidence::Safety::kDisplay;
    findings.push_back(std::move(finding));
    return;
  }
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
rounding restores the answers for the app's own preprocessing, and no change of the pipeline does as well. Of an app that
quantizes its input itself: the numbers before that span hardly a level of the input's range.

## Example
A representative data set that yields x / 255 for a network that was trained on x / 127.5 - 1.

## Fix safety
Only shown: the model has to be quantized again, with the app's preprocessing.

## When to ignore it
Where the app can feed what the ranges were recorded with, and that restores the answers, the pipeline is reported instead.
)",
    .conclude = &conclude,
    .weigh = &weigh,
};

}  // namespace whyzero::rules
