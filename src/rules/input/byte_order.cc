// P020 byte-order: numbers are written with their bytes in reverse order.
#include "rules/rule.h"

#include "rules/common/picture.h"
#include "rules/common/recovered.h"

namespace whyzero::rules {

extern constinit const Rule unit_byte_order{
    .code = "P020",
    .name = "byte-order",
    .summary = "numbers are written with their bytes in reverse order",
    .documentation = R"(## What it finds
Big-endian floats in the input tensor.

## Why it hurts
Every number is denormal or huge: zeros, NaN or one class.

## Evidence
The same photos with native byte order.

## Example
Java's ByteBuffer without order(ByteOrder.nativeOrder()).

## Fix safety
Safe: the byte order changes.

## When to ignore it
Never.
)",
    .look = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) { report_facts(rule, a_case, findings); },
    .propose = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
      propose_changes(a_case, rule.code, "range", &range_changes, hypotheses);
    },
};

}  // namespace whyzero::rules
