// P013 input-never-changes: the tensor is constant, blank or the same for every sample.
#include <fmt/format.h>

#include <set>

#include "rules/common/script.h"

namespace whyzero::rules {
namespace {

using evidence::Captured;
using evidence::Severity;

/// Whether the samples ought to differ: their photos do, or their true labels.
bool samples_differ(const evidence::Case& a_case, const Captured& captured) {
  if (captured.originals > 0) return captured.distinct_originals > 1;
  std::set<std::string> labels;
  for (const auto& label : a_case.truth.labels)
    if (label) labels.insert(*label);
  return labels.size() > 1;
}

/// A pipeline that ends in one number for every element.
void look_at_steps(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  for (size_t k = 0; a_case.binding && k < a_case.app.inputs.size(); ++k) {
    const app::Input& input = a_case.input(k);
    for (size_t i = 0; input.pipeline.is_array() && i < input.pipeline.size(); ++i) {
      if (!input.pipeline[i].contains("constant")) continue;
      const std::string pointer = input.pointer + "/pipeline/" + std::to_string(i);
      evidence::Finding finding = finding_of(rule, Severity::kError, evidence::Proof::kStatic,
                                             fmt::format("Input {} holds nothing but the number {} for every sample: the app never fills it, or fills another buffer. Feed what "
                                                         "the steps before have made.",
                                                         tensor_label(a_case, a_case.input_tensor(k).index), input.pipeline[i]["constant"].dump()));
      finding.confidence = 0.98;
      finding.where = {.stage = "input.pipeline", .pointer = pointer, .tensor = a_case.input_tensor(k).index};
      finding.fix = evidence::Fix{};
      finding.fix->patch = {{{"op", "test"}, {"path", pointer}, {"value", input.pipeline[i]}}, {{"op", "remove"}, {"path", pointer}}};
      findings.push_back(std::move(finding));
      return;
    }
  }
}

/// Each tensor is what the recovered pipeline makes of the photo before.
void look_at_photos(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  constexpr size_t kLeast = 4;
  for (size_t k = 0; a_case.binding && k < a_case.recoveries.size(); ++k) {
    if (!a_case.recoveries[k] || a_case.recoveries[k]->late < kLeast) continue;
    const recover::Recovery& recovery = *a_case.recoveries[k];
    evidence::Finding finding = finding_of(
        rule, Severity::kError, evidence::Proof::kTensor,
        fmt::format("Input {} is one photo late: {} of {} tensors hold, to the bit, the photo of the sample before. The app runs the model before the new photo is in the buffer: fill "
                    "it first, or wait for the copy.",
                    tensor_label(a_case, a_case.input_tensor(k).index), recovery.late, recovery.samples.size()));
    finding.confidence = 0.98;
    finding.where = {.stage = "input", .pointer = a_case.input(k).pointer, .tensor = a_case.input_tensor(k).index};
    finding.alternatives = {"A004"};
    finding.fix = python_fix(fmt::format("interpreter.set_tensor({}, x)  # this photo, and only then invoke()", python_index(false, k)));
    findings.push_back(std::move(finding));
  }
}

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  look_at_steps(rule, a_case, findings);
  look_at_photos(rule, a_case, findings);
  for (const evidence::Finding& f : findings)
    if (f.code == "A006") return;  // values that were refused never arrive, and that is why nothing changes
  for (size_t k = 0; k < a_case.captured.size(); ++k) {
    const Captured& captured = a_case.captured[k];
    const bool blank = captured.samples >= 1 && captured.blank == captured.samples;
    const bool equal = captured.samples >= 2 && captured.distinct == 1;
    if ((!blank && !equal) || looks_cast(a_case, k)) continue;
    const bool one_photo = captured.originals > 0 && captured.distinct_originals <= 1;
    const bool sure = captured.samples >= 2 && (samples_differ(a_case, captured) || (blank && !one_photo));
    const std::string what = blank && captured.distinct == 1 ? fmt::format("holds nothing but the number {:g}", captured.low)
                             : blank                         ? "holds one and the same number in every element"
                                                             : "is the same";
    const std::string of = captured.samples == 1 ? "in the one sample" : fmt::format("in all {} samples", captured.samples);
    evidence::Finding finding = finding_of(
        rule, sure ? Severity::kError : Severity::kNote, evidence::Proof::kTensor,
        fmt::format("Input {} {} {}: {}", tensor_label(a_case, a_case.input_tensor(k).index), what, of,
                    blank ? "the app never fills it, or fills another buffer." : "the app fills it once, or feeds the same photo again and again."));
    finding.confidence = sure ? 0.98 : 0.5;
    finding.where = {.stage = "input", .pointer = a_case.input(k).pointer, .tensor = a_case.input_tensor(k).index};
    if (!blank) finding.alternatives = {"A004"};
    else if (a_case.input_tensor(k).scale > 0) finding.alternatives = {"P004"};
    finding.fix = python_fix(fmt::format("interpreter.set_tensor({}, x)  # for every sample, before invoke()", python_index(false, k)));
    findings.push_back(std::move(finding));
  }
}

}  // namespace

extern constinit const Rule unit_input_never_changes{
    .code = "P013",
    .name = "input-never-changes",
    .summary = "the tensor is constant, blank or the same for every sample",
    .documentation = R"(## What it finds
A captured input tensor in which every element has one value, or that is the same for samples that differ, or that holds the photo
of the sample before; a pipeline with a `constant` step.

## Why it hurts
The model answers the same for every photo, whatever it shows, or answers about another photo.

## Evidence
The captured tensors themselves; the photos behind them or the truth say that the samples differ.

## Example
An Android app that allocates the input buffer and fills another one.

## Fix safety
The step is left out by a patch. For captured tensors the mend is in the app's own code, which is shown.

## When to ignore it
Captures of one and the same photo, or of photos that really are blank. With a single sample it is only a note.
)",
    .look = &look,
};

}  // namespace whyzero::rules
