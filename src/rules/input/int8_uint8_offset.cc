// P005 int8-uint8-offset: bytes 0..255 and -128..127 are taken for each other.
#include "rules/rule.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/recover/memory.h"
#include "rules/common/fed.h"
#include "rules/common/picture.h"
#include "rules/common/recovered.h"
#include "rules/common/script.h"

namespace whyzero::rules {
namespace {

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  for (size_t k = 0; k < a_case.app.inputs.size(); ++k) {
    if (!wants_proof_of_bytes(a_case, k)) continue;
    const app::SourceKind kind = a_case.input(k).kind;
    if (kind != app::SourceKind::kImages && kind != app::SourceKind::kFrames && kind != app::SourceKind::kTensors) continue;
    const auto picture = recover::frame_of(a_case.input_tensor(k));
    if (!picture || picture->channels_first) continue;
    const std::vector<app::Value> values = fed_values(a_case, k);
    const auto turned = std::count_if(values.begin(), values.end(), [&](const app::Value& v) { return is_half_turned(v, picture->width, picture->channels); });
    // Dark photos have no pixel beyond the middle and show nothing.
    if (turned < 2 || static_cast<size_t>(turned) * 2 < values.size()) continue;
    const app::TensorInfo& tensor = a_case.input_tensor(k);
    findings.push_back(finding_of_bytes(rule, a_case, k,
                                        fmt::format("Input {} is {}, and in {} of {} photos looked at neighbouring pixels jump from one end of the type to the other: the numbers are 128 off, and "
                                                    "those beyond the end came out at the other.",
                                                    tensor_label(a_case, tensor.index), dtype_name(tensor.dtype), turned, values.size())));
  }
}

}  // namespace

extern constinit const Rule unit_int8_uint8_offset{
    .code = "P005",
    .name = "int8-uint8-offset",
    .summary = "bytes 0..255 and -128..127 are taken for each other",
    .documentation = R"(## What it finds
The 128 between uint8 and int8 left out, or taken away twice.

## Why it hurts
Dark and bright are exchanged or everything is saturated.

## Evidence
The same photos with the bytes shifted by 128, and as they are. Without truth: neighbouring pixels that jump from one end of the type
to the other, and hardly any that lie on both sides of its middle.

## Example
frombuffer(bytes, np.int8) of a uint8 photo.

## Fix safety
Safe: how the bytes are stored changes.

## When to ignore it
Never, where it costs accuracy.
)",
    .look = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
      const size_t before = findings.size();
      report_facts(rule, a_case, findings);
      if (findings.size() == before) look(rule, a_case, findings);
    },
    .propose = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
      propose_changes(a_case, rule.code, "range", &range_changes, hypotheses);
    },
    .conclude = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) { conclude_facts(rule, a_case, findings); },
};

}  // namespace whyzero::rules
