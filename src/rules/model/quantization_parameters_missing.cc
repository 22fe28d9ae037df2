// M001 quantization-parameters-missing: an integer tensor has no scale and zero point where the operator needs them.
#include "rules/rule.h"

#include "rules/common/defects.h"

namespace whyzero::rules {

extern constinit const Rule unit_quantization_parameters_missing{
    .code = "M001",
    .name = "quantization-parameters-missing",
    .summary = "an integer tensor has no scale and zero point where the operator needs them",
    .documentation = R"(## What it finds
An int8, uint8 or int16 tensor without quantization parameters at an operator that computes with them.

## Why it hurts
Without a scale an integer has no meaning: runtimes refuse the model or multiply by zero.

## Evidence
The file: the tensor's parameters against what its operator requires.

## Example
A graph edited by a script that dropped the parameters of one activation.

## Fix safety
Convert again with full-integer quantization. The numbers cannot be guessed from the file.

## When to ignore it
Index, shape and boolean tensors need none and are not reported.
)",
    .look = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
      report_defects(rule, a_case, evidence::Proof::kFile, findings);
    },
};

}  // namespace whyzero::rules
