// M002 quantization-parameters-invalid: scale or zero point that no runtime can use.
#include "rules/rule.h"

#include "rules/common/defects.h"

namespace whyzero::rules {

extern constinit const Rule unit_quantization_parameters_invalid{
    .code = "M002",
    .name = "quantization-parameters-invalid",
    .summary = "scale or zero point that no runtime can use",
    .documentation = R"(## What it finds
A scale that is zero, negative, infinite or not a number; a zero point outside the type, or not zero where the
operator demands zero; a number of scales that is not the number of channels.

## Why it hurts
Values are multiplied by nonsense: all zero, all saturated, or a refusal at load.

## Evidence
The file: each parameter against its type, its axis and its operator.

## Example
Scale 0 on the activation after the first convolution: everything after it is zero.

## Fix safety
Convert or quantize again. The right number cannot be known from the file alone.

## When to ignore it
Never.
)",
    .look = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
      report_defects(rule, a_case, evidence::Proof::kFile, findings);
    },
};

}  // namespace whyzero::rules
