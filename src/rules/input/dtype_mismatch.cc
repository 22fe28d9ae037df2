// P016 dtype-mismatch: the app feeds another dtype than the input tensor has.
#include "rules/rule.h"

#include "rules/common/picture.h"

namespace whyzero::rules {

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

## Example
A uint8 photo given to a model that wants float32 in -1..1.

## Fix safety
Safe where truth decides between the conversions; otherwise check the range against the training code.

## When to ignore it
Never: the app cannot run.
)",
    .propose = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
      propose_changes(a_case, rule.code, "range", &range_changes, hypotheses);
    },
};

}  // namespace whyzero::rules
