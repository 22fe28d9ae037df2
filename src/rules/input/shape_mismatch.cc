// P015 shape-mismatch: the element count or rank fed is not the tensor's.
#include "rules/rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/checked.h"
#include "rules/common/picture.h"
#include "rules/common/refused.h"
#include "rules/common/script.h"
#include "trace/npz.h"

namespace whyzero::rules {
namespace {

using app::Call;
using evidence::Severity;

std::string shape_of(const std::vector<int64_t>& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

std::vector<int64_t> wanted_shape(const app::TensorInfo& tensor) { return {tensor.shape.begin(), tensor.shape.end()}; }

size_t product(const std::vector<int64_t>& shape) {
  size_t count = 1;
  for (int64_t dim : shape) {
    const auto more = checked_mul(count, static_cast<size_t>(std::max<int64_t>(dim, 0)));
    if (!more) return 0;
    count = *more;
  }
  return count;
}

/// What makes a value of this shape fit.
std::string mend_in_python(const std::vector<int64_t>& given, const app::TensorInfo& tensor) {
  const std::vector<int64_t> wanted = wanted_shape(tensor);
  std::vector<int64_t> without_batch(wanted.begin() + !wanted.empty(), wanted.end());
  if (given == without_batch) return "x = np.expand_dims(x, 0)  # the batch axis";
  if (product(given) == product(wanted)) return fmt::format("x = x.reshape({})  # if the numbers are in this order", shape_of(wanted));
  if (wanted.size() == 4 && (wanted[3] == 1 || wanted[3] == 3 || wanted[3] == 4))
    return fmt::format("photo = photo.resize(({}, {}))  # before it becomes an array; a reshape cannot mend it", wanted[2], wanted[1]);
  return fmt::format("x must have shape {}", shape_of(wanted));
}

/// NumPy's "cannot reshape array of size N into shape (…)", where the shape is the input tensor's: N.
std::optional<size_t> reshaped_from(const Call& call, const app::TensorInfo& tensor) {
  constexpr std::string_view kWords = "cannot reshape array of size ";
  const size_t at = call.exception.find(kWords);
  if (at == std::string::npos) return std::nullopt;
  const char* begin = call.exception.data() + at + kWords.size();
  size_t size = 0;
  const auto [end, error] = std::from_chars(begin, call.exception.data() + call.exception.size(), size);
  const std::string shape = fmt::format("({})", fmt::join(tensor.shape, ","));
  if (error != std::errc() || std::string_view(end).find(shape) == std::string_view::npos) return std::nullopt;
  return size;
}

void look_at_reshape(const Rule& rule, const evidence::Case& a_case, size_t k, std::vector<evidence::Finding>& findings) {
  const app::TensorInfo& tensor = a_case.input_tensor(k);
  for (const Call& call : a_case.calls) {
    if (call.call != "exception") continue;
    const auto size = reshaped_from(call, tensor);
    if (!size) continue;
    const auto channels = tensor.shape.size() == 4 ? static_cast<size_t>(std::max(1, tensor.shape[3])) : 1;
    const auto side = static_cast<size_t>(std::lround(std::sqrt(static_cast<double>(*size / channels))));
    const std::string given = side * side * channels == *size ? fmt::format("{} numbers, a picture of {} by {}", *size, side, side) : fmt::format("{} numbers", *size);
    evidence::Finding finding =
        finding_at(rule, a_case, call, fmt::format("{} reshapes {} into the shape {} of input {}, which has {}. A reshape cannot change the size of a picture: resize the photo to {} by {}.",
                                                   evidence::line_of(a_case.calls, call), given, app::shape_text(tensor.shape), tensor_label(a_case, tensor.index), tensor.elements(),
                                                   tensor.shape.size() == 4 ? tensor.shape[2] : 0, tensor.shape.size() == 4 ? tensor.shape[1] : 0));
    finding.where.tensor = tensor.index;
    finding.alternatives = {"P011"};
    finding.fix = python_fix(mend_in_python({static_cast<int64_t>(*size)}, tensor));
    findings.push_back(std::move(finding));
    return;
  }
}

/// Captured arrays that the runtime would refuse: their own shapes prove it.
void look_at_captured(const Rule& rule, const evidence::Case& a_case, size_t k, std::vector<evidence::Finding>& findings) {
  const app::TensorInfo& tensor = a_case.input_tensor(k);
  const app::Source& source = *a_case.sources[k];
  if (!source.captured() || source.size() == 0 || !source.name(0).ends_with(".npy")) return;
  const auto array = trace::read_npy(a_case.app.resolve(source.name(0)));
  if (!array) return;
  const std::vector<int64_t> given(array->shape.begin(), array->shape.end());
  if (given == wanted_shape(tensor)) return;
  evidence::Finding finding = finding_of(rule, Severity::kError, evidence::Proof::kTensor,
                                         fmt::format("{} has shape {} where input {} wants {}: the runtime refuses it, and an app that goes on all the same reads old answers.",
                                                     source.name(0), shape_of(given), tensor_label(a_case, tensor.index), app::shape_text(tensor.shape)));
  finding.where = {.stage = "input.pipeline", .pointer = a_case.input(k).pointer, .tensor = tensor.index};
  finding.alternatives = {"P011"};
  finding.fix = python_fix(mend_in_python(given, tensor));
  findings.push_back(std::move(finding));
}

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  if (!a_case.binding) return;
  const bool misfit = a_case.symptom.failure && a_case.symptom.failure->code == ErrorCode::kShapeMismatch;
  for (size_t k = 0; misfit && a_case.calls.empty() && k < a_case.app.inputs.size(); ++k) look_at_captured(rule, a_case, k, findings);
  if (a_case.calls.empty()) return;
  for (const Refused& refused : refused_inputs(a_case)) {
    const Call& call = *refused.call;
    for (size_t k = 0; k < a_case.app.inputs.size(); ++k) {
      const app::TensorInfo& tensor = a_case.input_tensor(k);
      if (tensor.index != call.tensor || call.shape.empty() || call.shape == wanted_shape(tensor)) continue;
      evidence::Finding finding =
          finding_at(rule, a_case, call, fmt::format("{} sets shape {} where input {} wants {}; the runtime refuses it: {}", evidence::line_of(a_case.calls, call),
                                                     shape_of(call.shape), tensor_label(a_case, tensor.index), app::shape_text(tensor.shape), call.exception));
      // Tried, refused and then done right: the script knows it already. Swallowed: A006 says more.
      if (refused.mended || went_on_after(a_case, call)) finding.severity = Severity::kNote;
      finding.alternatives = {"P011"};
      finding.fix = python_fix(mend_in_python(call.shape, tensor));
      findings.push_back(std::move(finding));
      return;
    }
  }
  for (size_t k = 0; k < a_case.app.inputs.size(); ++k) look_at_reshape(rule, a_case, k, findings);
}

}  // namespace

extern constinit const Rule unit_shape_mismatch{
    .code = "P015",
    .name = "shape-mismatch",
    .summary = "the element count or rank fed is not the tensor's",
    .documentation = R"(## What it finds
A photo of another size, a missing batch axis, three channels for a tensor of one.

## Why it hurts
The runtime refuses set_tensor, or an app that ignores the error reads old values.

## Evidence
The run as deployed, which fails; then the sizes, crops and channels that fit, compared on the photos.
Of captured arrays their own shape. Of a recorded script: the refused set_tensor, or a reshape that cannot work, at its line.

## Example
A 24 by 24 picture for a tensor of 48 by 48 by 3.

## Fix safety
Safe where truth decides between the ways that fit.

## When to ignore it
Never: the app cannot run.
)",
    .look = &look,
    .propose = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
      propose_changes(a_case, rule.code, "geometry", &geometry_changes, hypotheses);
      propose_changes(a_case, rule.code, "channels", &channel_changes, hypotheses);
    },
    .conclude = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
      report_refused(rule, a_case, ErrorCode::kShapeMismatch, "The app feeds another number of elements or rank than its input has", {"P011"}, findings);
    },
};

}  // namespace whyzero::rules
