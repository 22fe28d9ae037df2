#include "rules/common/script.h"

#include <fmt/format.h>

#include <algorithm>

namespace whyzero::rules {

using app::Call;

evidence::Finding finding_at(const Rule& rule, const evidence::Case& a_case, const Call& call, std::string message) {
  evidence::Finding finding = finding_of(rule, evidence::Severity::kError, evidence::Proof::kCalls, std::move(message));
  finding.confidence = 0.99;
  finding.where.stage = "script";
  finding.where.pointer = "/calls";
  if (call.tensor >= 0 && call.tensor < static_cast<int>(a_case.model->main().tensors.size())) finding.where.tensor = call.tensor;
  finding.where.line = evidence::line_of(a_case.calls, call);
  return finding;
}

evidence::Fix python_fix(std::string snippet) {
  evidence::Fix fix;
  fix.safety = evidence::Safety::kDisplay;
  fix.code = {{"python", std::move(snippet)}};
  return fix;
}

std::string tensor_label(const evidence::Case& a_case, int tensor) {
  const auto& tensors = a_case.model->main().tensors;
  if (tensor < 0 || static_cast<size_t>(tensor) >= tensors.size()) return fmt::format("#{}", tensor);
  return fmt::format("#{} \"{}\"", tensor, tensors[static_cast<size_t>(tensor)].name);
}

std::string python_cast(const app::TensorInfo& tensor) {
  const std::string dtype(dtype_name(tensor.dtype));
  if (tensor.scale <= 0) return fmt::format("x = x.astype(np.{})", dtype);
  const bool is_signed = tensor.dtype == DType::kInt8;
  const int low = is_signed ? -128 : tensor.dtype == DType::kInt16 ? -32768 : 0;
  const int high = is_signed ? 127 : tensor.dtype == DType::kInt16 ? 32767 : 255;
  return fmt::format("x = np.clip(np.round(x / {:.9g}) + {}, {}, {}).astype(np.{})", tensor.scale, tensor.zero_point, low, high, dtype);
}

std::string python_index(bool output, size_t place) {
  return fmt::format("interpreter.get_{}_details()[{}][\"index\"]", output ? "output" : "input", place);
}

std::vector<Refused> refused_inputs(const evidence::Case& a_case) {
  std::vector<Refused> refused;
  if (!a_case.model) return refused;
  const auto& inputs = a_case.model->main().inputs;
  for (const Call& call : a_case.calls) {
    const auto place = std::find(inputs.begin(), inputs.end(), call.tensor);
    if (call.call != "set_tensor" || place == inputs.end()) continue;
    if (call.failed()) refused.push_back({&call, static_cast<size_t>(place - inputs.begin()), false});
    else
      for (Refused& one : refused) one.mended = one.mended || one.call->tensor == call.tensor;
  }
  return refused;
}

bool went_on_after(const evidence::Case& a_case, const Call& failed) {
  bool went_on = false;
  evidence::replay(a_case.calls, [&](const Call& call, const evidence::InterpreterState& state) {
    if (state.failed != &failed || call.failed()) return;
    // Old values are used when an invocation or a read follows; setting another input first changes nothing about that.
    const bool uses = call.call == "invoke" || evidence::is_read(call);
    const bool same_again = call.call == failed.call && (call.call != "set_tensor" || call.tensor == failed.tensor);
    went_on = went_on || (uses && !same_again);
  });
  return went_on;
}

bool looks_cast(const evidence::Case& a_case, size_t k) {
  if (k >= a_case.captured.size()) return false;
  const evidence::Captured& captured = a_case.captured[k];
  const app::TensorInfo& tensor = a_case.input_tensor(k);
  // Half a unit a step or more: then -1, 0 and 1 are what such a tensor may well hold.
  const bool quantized = (tensor.dtype == DType::kInt8 || tensor.dtype == DType::kUInt8 || tensor.dtype == DType::kInt16) && tensor.scale > 0 && tensor.scale < 0.5f;
  if (!quantized || captured.samples == 0 || captured.low < -1 || captured.high > 1) return false;
  // All zero is also what an empty buffer looks like; a cast in the script decides.
  return captured.blank < captured.samples || cast_in_script(a_case, k);
}

const Call* cast_in_script(const evidence::Case& a_case, size_t k) {
  for (const Call& call : a_case.calls)
    if (call.call == "cast" && call.dtype == dtype_name(a_case.input_tensor(k).dtype)) return &call;
  return nullptr;
}

void point_at_cast(const evidence::Case& a_case, evidence::Finding& finding) {
  if (finding.code != "P004" || !finding.where.line.empty() || !a_case.binding) return;
  for (size_t k = 0; k < a_case.app.inputs.size(); ++k) {
    const Call* cast = cast_in_script(a_case, k);
    if (!cast || !finding.where.pointer.starts_with(a_case.input(k).pointer)) continue;
    finding.where.line = evidence::line_of(a_case.calls, *cast);
    if (!finding.fix) finding.fix = evidence::Fix{.safety = evidence::Safety::kDisplay};
    finding.fix->code = {{"python", python_cast(a_case.input_tensor(k))}};
    return;
  }
}

}  // namespace whyzero::rules
