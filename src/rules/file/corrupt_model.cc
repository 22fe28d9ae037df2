// F003 corrupt-model: parts of the model file contradict each other.
#include "rules/rule.h"

#include "rules/common/defects.h"

namespace whyzero::rules {

extern constinit const Rule unit_corrupt_model{
    .code = "F003",
    .name = "corrupt-model",
    .summary = "parts of the model file contradict each other",
    .documentation = R"(## What it finds
Offsets, indices, types, enums or buffer sizes in the file that cannot all be true, and operators whose inputs, options or
shapes break what the operator demands.

## Why it hurts
What a runtime makes of it is chance: a refusal, a crash, or output without meaning.

## Evidence
A check of every table, index and size in the file, and of every operator's contract; the message names the place, what is
expected and what is there. What fails only with the values of a run (without an app: arrays in_0… of a MODEL.npz beside
MODEL.tflite, else zeros) is a warning.

## Example
An operator whose input is tensor 97 in a graph with 40 tensors.

## Fix safety
There is no patch: convert the model again, or copy the file again if it once worked.

## When to ignore it
Never. Fields that newer converters add are not counted as contradictions.
)",
    .look = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
      report_defects(rule, a_case, evidence::Proof::kBytes, findings);
    },
};

}  // namespace whyzero::rules
