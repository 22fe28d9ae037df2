// P005 int8-uint8-offset: bytes 0..255 and -128..127 are taken for each other.
#include "rules/rule.h"

#include "rules/common/picture.h"

namespace whyzero::rules {

extern constinit const Rule unit_int8_uint8_offset{
    .code = "P005",
    .name = "int8-uint8-offset",
    .summary = "bytes 0..255 and -128..127 are taken for each other",
    .documentation = R"(## What it finds
The 128 between uint8 and int8 left out, or taken away twice.

## Why it hurts
Dark and bright are exchanged or everything is saturated.

## Evidence
The same photos with the bytes shifted by 128, and as they are.

## Example
frombuffer(bytes, np.int8) of a uint8 photo.

## Fix safety
Safe: how the bytes are stored changes.

## When to ignore it
Never, where it costs accuracy.
)",
    .propose = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
      propose_changes(a_case, rule.code, "range", &range_changes, hypotheses);
    },
};

}  // namespace whyzero::rules
