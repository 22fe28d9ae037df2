// P011 wrong-size: photos are brought to another size than the tensor has, then cut or scaled into it.
#include "rules/rule.h"

#include "rules/common/picture.h"

namespace whyzero::rules {

extern constinit const Rule unit_wrong_size{
    .code = "P011",
    .name = "wrong-size",
    .summary = "photos are brought to another size than the tensor has, then cut or scaled into it",
    .documentation = R"(## What it finds
A resize to 256 followed by a cut of the corner, a missing resize, a detour over a tiny size.

## Why it hurts
The model sees a part of the photo, or a blurred one.

## Evidence
The same photos resized straight to the tensor's size.

## Example
A crop of the first 224 by 224 pixels in place of a resize.

## Fix safety
Safe: the steps before the tensor's size change.

## When to ignore it
When training did the same.
)",
    .propose = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
      propose_changes(a_case, rule.code, "geometry", &geometry_changes, hypotheses);
    },
};

}  // namespace whyzero::rules
