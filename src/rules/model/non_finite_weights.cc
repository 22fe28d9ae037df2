// M003 non-finite-weights: NaN or infinity among the constants of the model.
#include "rules/rule.h"

#include "rules/common/defects.h"

namespace whyzero::rules {

extern constinit const Rule unit_non_finite_weights{
    .code = "M003",
    .name = "non-finite-weights",
    .summary = "NaN or infinity among the constants of the model",
    .documentation = R"(## What it finds
Weights or biases that are not finite numbers.

## Why it hurts
Whatever touches them becomes NaN, and arg max of NaN is class 0 nearly everywhere.

## Evidence
The constants in the file; the message names tensor and number of values.

## Example
A training that diverged and was converted all the same; a float16 conversion of weights above 65504.

## Fix safety
There is no patch: train again (lower learning rate, clipped gradients) or restore an earlier checkpoint.

## When to ignore it
Masks of -infinity as attention uses them are left alone.
)",
    .look = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
      report_defects(rule, a_case, evidence::Proof::kFile, findings);
    },
};

}  // namespace whyzero::rules
