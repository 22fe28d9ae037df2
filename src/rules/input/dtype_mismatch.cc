// P016 dtype-mismatch: the app feeds another dtype than the input tensor has.
#include "rules/rule.h"

#include <fmt/format.h>

#include "rules/common/picture.h"
#include "rules/common/refused.h"
#include "rules/common/script.h"

namespace whyzero::rules {
namespace {

using app::Call;
using evidence::Severity;

bool is_real(std::string_view dtype) { return dtype.starts_with("float"); }

/// What the author must know beside the cast: a dtype says nothing of the range.
std::string advice(std::string_view given, const app::TensorInfo& tensor) {
  if (tensor.scale > 0 && is_real(given))
    return fmt::format("A cast alone is not enough: the tensor's integers stand for real numbers by scale {:.6g} and zero point {}.", tensor.scale, tensor.zero_point);
  if (tensor.dtype == DType::kFloat32 && !is_real(given)) return "Cast to float32 and bring the numbers to the range of the training (x / 255, x / 127.5 - 1, …).";
  return "Cast to the tensor's dtype.";
}

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  if (!a_case.binding || a_case.calls.empty()) return;
  for (const Refused& refused : refused_inputs(a_case)) {
    const Call& call = *refused.call;
    for (size_t k = 0; k < a_case.app.inputs.size(); ++k) {
      const app::TensorInfo& tensor = a_case.input_tensor(k);
      if (tensor.index != call.tensor || call.dtype.empty() || call.dtype == dtype_name(tensor.dtype)) continue;
      evidence::Finding finding = finding_at(
          rule, a_case, call, fmt::format("{} sets {} where input {} is {}; the runtime refuses it: {} {}", evidence::line_of(a_case.calls, call), call.dtype,
                                          tensor_label(a_case, tensor.index), dtype_name(tensor.dtype), call.exception, advice(call.dtype, tensor)));
      // Tried, refused and then done right: the script knows it already. Swallowed: A006 says more.
      if (refused.mended || went_on_after(a_case, call)) finding.severity = Severity::kNote;
      finding.alternatives = {tensor.scale > 0 && is_real(call.dtype) ? "P004" : "P006"};
      finding.fix = python_fix(python_cast(tensor));
      findings.push_back(std::move(finding));
      return;
    }
  }
}

}  // namespace

extern constinit const Rule unit_dtype_mismatch{
    .code = "P016",
    .name = "dtype-mismatch",
    .summary = "the app feeds another dtype than the input tensor has",
    .documentation = R"(## What it finds
float64 or uint8 for a float32 tensor, float32 for a quantized one: the runtime refuses set_tensor.

## Why it hurts
The app stops with an error, or swallows it and reads old values.

## Evidence
The run as deployed, which fails; then the conversions that make it run, compared on the photos.
Of a recorded script: the refused set_tensor at its line.

## Example
A uint8 photo given to a model that wants float32 in -1..1.

## Fix safety
Safe where truth decides between the conversions; otherwise check the range against the training code.

## When to ignore it
Never: the app cannot run.
)",
    .look = &look,
    .propose = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
      propose_changes(a_case, rule.code, "range", &range_changes, hypotheses);
    },
    .conclude = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
      report_refused(rule, a_case, ErrorCode::kDtypeMismatch, "The app feeds another dtype than its input has", {"P004", "P006"}, findings);
    },
};

}  // namespace whyzero::rules
