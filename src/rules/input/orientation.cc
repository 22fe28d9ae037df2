// P010 orientation: the photos are fed rotated or mirrored.
#include "rules/rule.h"

#include "rules/common/picture.h"

namespace whyzero::rules {

extern constinit const Rule unit_orientation{
    .code = "P010",
    .name = "orientation",
    .summary = "the photos are fed rotated or mirrored",
    .documentation = R"(## What it finds
Pictures turned by 90, 180 or 270 degrees, mirrored, or with an EXIF orientation that nobody applied.

## Why it hurts
Models know things the right way up.

## Evidence
The same photos in each of the other orientations.

## Example
A phone camera's portrait frames, which lie on their side in memory.

## Fix safety
Safe: one step is added or left out.

## When to ignore it
Models that do not care: then nothing is measured and nothing reported.
)",
    .propose = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
      propose_changes(a_case, rule.code, "orientation", &orientation_changes, hypotheses);
    },
};

}  // namespace whyzero::rules
