// P004 input-not-quantized: real numbers are cast to the integer type without scale and zero point.
#include "rules/rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/edit.h"
#include "rules/common/fed.h"
#include "rules/common/picture.h"
#include "rules/common/recovered.h"
#include "rules/common/script.h"

namespace whyzero::rules {
namespace {

/// x / scale + zero_point, cast without rounding: right but for half a step.
void note_truncation(const Rule& rule, const evidence::Case& a_case, size_t k, std::vector<evidence::Finding>& findings) {
  const app::TensorInfo& tensor = a_case.input_tensor(k);
  for (const app::Call& call : a_case.calls) {
    if (call.call != "truncating_cast" || call.dtype != dtype_name(tensor.dtype) || tensor.scale <= 0) continue;
    evidence::Finding finding = finding_at(rule, a_case, call, fmt::format("{} truncates where quantization rounds: numbers are off by half a step ({:.3g}) on average.",
                                                                           evidence::line_of(a_case.calls, call), tensor.scale / 2));
    finding.severity = evidence::Severity::kNote;
    finding.where.tensor = tensor.index;
    finding.fix = python_fix(python_cast(tensor));
    findings.push_back(std::move(finding));
    return;
  }
}

void look_at_captured(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  for (size_t k = 0; k < a_case.captured.size(); ++k) {
    if (!looks_cast(a_case, k)) {
      note_truncation(rule, a_case, k, findings);
      continue;
    }
    const app::TensorInfo& tensor = a_case.input_tensor(k);
    const evidence::Captured& captured = a_case.captured[k];
    evidence::Finding finding = finding_of(
        rule, evidence::Severity::kError, evidence::Proof::kTensor,
        fmt::format("Input {} is {} with scale {:.6g} and zero point {}, and in {} sample(s) gets no other numbers than {:g} to {:g}: real numbers were cast "
                    "as they are. The dtype is not enough; divide by the scale and add the zero point first.",
                    tensor_label(a_case, tensor.index), dtype_name(tensor.dtype), tensor.scale, tensor.zero_point, captured.samples, captured.low, captured.high));
    finding.confidence = 0.97;
    finding.where = {.stage = "input", .pointer = a_case.input(k).pointer, .tensor = tensor.index};
    if (const app::Call* cast = cast_in_script(a_case, k)) finding.where.line = evidence::line_of(a_case.calls, *cast);
    if (captured.blank == captured.samples) finding.alternatives = {"P013"};
    finding.fix = python_fix(python_cast(tensor));
    findings.push_back(std::move(finding));
  }
}

/// Real arithmetic followed by a plain cast.
bool casts_real_numbers(const nlohmann::json& pipeline) {
  bool real = false, cast = false;
  for (const nlohmann::json& step : pipeline) {
    real = real || app::role_of(step) == app::StepRole::kRange;
    if (app::role_of(step) == app::StepRole::kStore) cast = step.contains("cast") && step["cast"] != "float32";
  }
  return real && cast;
}

/// Normalized numbers lie within four of zero; a cast leaves nothing but these integers.
constexpr double kNormalized = 4;

/// A handful of integers where the tensor's scale makes many steps of that range.
void look_at_pipeline(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  for (size_t k = 0; k < a_case.app.inputs.size(); ++k) {
    if (!wants_proof_of_bytes(a_case, k)) continue;
    const app::TensorInfo& tensor = a_case.input_tensor(k);
    if (!dtype_is_integer(tensor.dtype) || tensor.scale <= 0 || tensor.scale > 0.1f || a_case.sources[k]->captured() || !casts_real_numbers(a_case.input(k).pipeline)) continue;
    const std::vector<app::Value> values = fed_values(a_case, k);
    const auto few = [](const app::Value& v) {
      for (size_t i = 0; i < v.elements(); ++i) {
        // A cast to an unsigned type makes 255 of -1.
        const double x = app::number_at(v.dtype, v.bytes.data(), i);
        if (std::abs(v.dtype == DType::kUInt8 && x > 127 ? x - 256 : x) > kNormalized) return false;
      }
      return v.elements() > 0;
    };
    if (values.empty() || !std::all_of(values.begin(), values.end(), few)) continue;
    findings.push_back(finding_of_bytes(rule, a_case, k,
                                        fmt::format("Input {} is {} with scale {:.6g} and zero point {}, and in all {} samples looked at gets no other integers than those within four of zero: "
                                                    "real numbers were cast as they are. Divide by the scale and add the zero point first.",
                                                    tensor_label(a_case, tensor.index), dtype_name(tensor.dtype), tensor.scale, tensor.zero_point, values.size())));
  }
}

/// x / scale + zero_point without rounding, as the app file says it: right but for half a step.
void note_truncating_step(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  for (size_t k = 0; k < a_case.app.inputs.size(); ++k) {
    const app::TensorInfo& tensor = a_case.input_tensor(k);
    const nlohmann::json& pipeline = a_case.input(k).pipeline;
    const auto step = std::find_if(pipeline.begin(), pipeline.end(), [](const nlohmann::json& one) { return one.contains("quantize") && one["quantize"] == "truncate"; });
    if (step == pipeline.end() || a_case.sources[k]->captured() || tensor.scale <= 0) continue;
    const std::string place = a_case.input(k).pointer + "/pipeline/" + std::to_string(step - pipeline.begin());
    evidence::Finding finding = finding_of(rule, evidence::Severity::kNote, evidence::Proof::kStatic,
                                           fmt::format("The app truncates where quantization rounds: the numbers of input {} are off by half a step ({:.3g}) on average.",
                                                       tensor_label(a_case, tensor.index), tensor.scale / 2));
    finding.where = {.stage = "input.pipeline", .pointer = place, .tensor = tensor.index};
    finding.fix.emplace().patch = nlohmann::json::array({{{"op", "test"}, {"path", place}, {"value", *step}}, {{"op", "replace"}, {"path", place}, {"value", {{"quantize", "affine"}}}}});
    findings.push_back(std::move(finding));
  }
}

}  // namespace

extern constinit const Rule unit_input_not_quantized{
    .code = "P004",
    .name = "input-not-quantized",
    .summary = "real numbers are cast to the integer type without scale and zero point",
    .documentation = R"(## What it finds
A quantized input that is filled by a plain cast: -1..1 becomes -1, 0 and 1.

## Why it hurts
Nearly all pixels are the same number, so the model answers one class.

## Evidence
The same samples quantized with the tensor's own scale and zero point. Without truth: nothing but a handful of integers around zero in
a tensor whose scale makes many steps of that range.
Of captured tensors: nothing but -1, 0 and 1 (255 for -1 where the type has no sign) where the scale makes many numbers of that range.

## Example
img.astype(np.int8) after looking at nothing but the dtype.

## Fix safety
Safe: the cast is replaced by round(x / scale) + zero_point, clamped.

## When to ignore it
When scale is 1 and zero point 0: then the cast is right.
)",
    .look = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
      const size_t before = findings.size();
      look_at_captured(rule, a_case, findings);
      if (findings.size() == before) report_facts(rule, a_case, findings);
      if (findings.size() == before) look_at_pipeline(rule, a_case, findings);
      if (findings.size() == before) note_truncating_step(rule, a_case, findings);
    },
    .propose = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
      propose_changes(a_case, rule.code, "range", &range_changes, hypotheses);
      propose_changes(a_case, rule.code, "range", &row_changes, hypotheses);
    },
    .conclude = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) { conclude_facts(rule, a_case, findings); },
};

}  // namespace whyzero::rules
