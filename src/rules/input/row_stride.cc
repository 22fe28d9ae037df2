// P012 row-stride: rows of a buffer lie further apart than they are long, and are read as if they did not.
#include "app/edit.h"
#include "rules/common/frames.h"
#include "rules/common/picture.h"
#include "rules/common/recovered.h"
#include "rules/rule.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

std::vector<Change> stride_changes(const evidence::Case& a_case, size_t k) {
  const json memory = app::steps_of(a_case.input(k).pipeline, {app::StepRole::kMemory});
  json rest = json::array();
  for (const json& step : memory)
    if (!step.contains("stride_bug")) rest.push_back(step);
  if (rest.size() == memory.size()) return {};
  return {{"P012", "copy the rows one by one, without what lies between them", 1.0, true, [rest](const json& pipeline) -> std::optional<json> {
             return app::replace_steps(pipeline, {app::StepRole::kMemory}, rest);
           }}};
}

}  // namespace

extern constinit const Rule unit_row_stride{
    .code = "P012",
    .name = "row-stride",
    .summary = "the rows of a buffer lie further apart than they are long and are read as if they did not",
    .documentation = R"(## What it finds
Camera or bitmap buffers whose rows end in padding, copied into the tensor in one piece.

## Why it hurts
Every row begins a little later than the one above: the picture is sheared, and its lower part is missing.

## Evidence
The size of camera frames, which is that of longer rows; the same gap after every row of the captured tensors; with the photos behind them, the pipeline that reproduces the tensors to the bit,
and the same photos without the gap.

## Example
memcpy(tensor, plane.getBuffer(), height * width * 3) where plane.getRowStride() is more than width * 3.

## Fix safety
Safe: the rows are copied one by one.

## When to ignore it
Never.
)",
    .look = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) { report_facts(rule, a_case, findings); },
    .propose = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
      propose_changes(a_case, rule.code, "stride", &stride_changes, hypotheses);
      propose_frames(a_case, rule.code, hypotheses);
    },
    .conclude = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) { conclude_facts(rule, a_case, findings); },
};

}  // namespace whyzero::rules
