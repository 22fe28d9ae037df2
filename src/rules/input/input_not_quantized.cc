// P004 input-not-quantized: real numbers are cast to the integer type without scale and zero point.
#include "rules/rule.h"

#include "rules/common/picture.h"

namespace whyzero::rules {

extern constinit const Rule unit_input_not_quantized{
    .code = "P004",
    .name = "input-not-quantized",
    .summary = "real numbers are cast to the integer type without scale and zero point",
    .documentation = R"(## What it finds
A quantized input that is filled by a plain cast: -1..1 becomes -1, 0 and 1.

## Why it hurts
Nearly all pixels are the same number, so the model answers one class.

## Evidence
The same photos quantized with the tensor's own scale and zero point.

## Example
img.astype(np.int8) after looking at nothing but the dtype.

## Fix safety
Safe: the cast is replaced by round(x / scale) + zero_point, clamped.

## When to ignore it
When scale is 1 and zero point 0: then the cast is right.
)",
    .propose = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
      propose_changes(a_case, rule.code, "range", &range_changes, hypotheses);
    },
};

}  // namespace whyzero::rules
