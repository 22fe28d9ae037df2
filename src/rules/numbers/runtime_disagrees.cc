// N003 runtime-disagrees: another runtime differs beyond rounding. It looks at a comparison of two runtimes instead of a Case,
// because none is made unless somebody asks for a second runtime.
#include "rules/numbers/runtime_disagrees.h"

#include <fmt/format.h>

#include "rules/rule.h"

namespace whyzero::rules {

extern constinit const Rule unit_runtime_disagrees{
    .code = "N003",
    .name = "runtime-disagrees",
    .summary = "two runtimes compute different numbers, beyond rounding, from the same model and inputs",
    .documentation = R"(## What it finds
The first operator that two runtimes (or our fast and our reference kernels) compute differently although it gets the same inputs, and a
model of this one operator that shows it.

## Why it hurts
The model that was right where it was tested answers otherwise on the device, and no change of the app can mend it.

## Evidence
Both runtimes run the model on the same inputs, and every tensor is compared. Then each operator is fed with the inputs that the other
runtime computed, so that an operator that is wrong itself (the culprit) is told from those that only get wrong inputs (victims).
The culprit is cut out with its real inputs and run alone on both.

## Example
`whyzero compare model.tflite --runtime-a reference --runtime-b litert --app app.json --output DIR` writes `DIR/N003.tflite` and
`DIR/N003.npz`; `whyzero run` and the other runtime's own tools replay them.

## Fix safety
There is no patch. Report the small model to whoever makes the runtime; until it is mended use the runtime or delegate that is right, or replace
the operator.

## When to ignore it
One step of a quantized integer and differences in the last places of a float are rounding and are not reported. Random operators differ
by design.
)",
};

std::optional<evidence::Finding> runtime_disagreement(const trace::Comparison& comparison, const Result<trace::Reduced>& reduced) {
  const int place = comparison.culprit();
  if (place < 0) return std::nullopt;
  const trace::Row& row = comparison.rows[static_cast<size_t>(place)];
  if (row.node < 0 || !row.isolated) return std::nullopt;
  const trace::Difference& error = *row.isolated;
  std::string how = error.agreement == trace::Agreement::kIncomparable ? error.why
                    : error.other_non_finite                           ? "NaN or infinity in other places"
                    : error.error_steps > 0                            ? fmt::format("up to {:.0f} steps", error.error_steps)
                                                                       : fmt::format("up to {:.3g}", error.max_error);
  std::string alone = reduced                ? fmt::format(" The node alone, with the inputs it had, {}.", reduced->reproduces
                                                                                             ? "shows it as well"
                                                                                             : "does not show it: the runtime computes it otherwise inside the model")
                                             : fmt::format(" It cannot be shown alone: {}.", reduced.error().text());
  evidence::Finding finding = finding_of(
      unit_runtime_disagrees, evidence::Severity::kWarning, evidence::Proof::kExperiment,
      fmt::format("{} and {} disagree at node #{} {}: fed with the same inputs, its output {} differs by {} in {} of {} elements. All nodes before it "
                  "agree within rounding.{}",
                  comparison.first, comparison.second, row.node, row.op_name, row.label, how, error.differing, error.elements, alone));
  finding.confidence = reduced && reduced->reproduces ? 0.99 : 0.9;
  finding.where = {.stage = "model", .pointer = "/model", .tensor = row.index, .node = row.node};
  return finding;
}

}  // namespace whyzero::rules
