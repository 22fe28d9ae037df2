// P006 bytes-reinterpreted: bytes of one type are read as another of a different size.
#include "rules/rule.h"

#include "rules/common/picture.h"
#include "rules/common/recovered.h"

namespace whyzero::rules {

extern constinit const Rule unit_bytes_reinterpreted{
    .code = "P006",
    .name = "bytes-reinterpreted",
    .summary = "bytes of one type are read as another of a different size",
    .documentation = R"(## What it finds
A buffer of uint8 pixels copied into a float32 tensor, or of floats into a uint8 tensor.

## Why it hurts
Four pixels become one float of random magnitude, often NaN or near zero.

## Evidence
The same photos converted number by number.

## Example
memcpy(input->data.raw, pixels, size) with another element size on each side.

## Fix safety
Safe: a conversion takes the place of the copy.

## When to ignore it
Never.
)",
    .look = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) { report_facts(rule, a_case, findings); },
    .propose = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
      propose_changes(a_case, rule.code, "range", &range_changes, hypotheses);
    },
};

}  // namespace whyzero::rules
