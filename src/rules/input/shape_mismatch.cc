// P015 shape-mismatch: the element count or rank fed is not the tensor's.
#include "rules/rule.h"

#include "rules/common/picture.h"

namespace whyzero::rules {

extern constinit const Rule unit_shape_mismatch{
    .code = "P015",
    .name = "shape-mismatch",
    .summary = "the element count or rank fed is not the tensor's",
    .documentation = R"(## What it finds
A photo of another size, a missing batch axis, three channels for a tensor of one.

## Why it hurts
The runtime refuses set_tensor, or an app that ignores the error reads old values.

## Evidence
The run as deployed, which fails; then the sizes, crops and channels that fit, compared on the photos.

## Example
A 24 by 24 picture for a tensor of 48 by 48 by 3.

## Fix safety
Safe where truth decides between the ways that fit.

## When to ignore it
Never: the app cannot run.
)",
    .propose = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
      propose_changes(a_case, rule.code, "geometry", &geometry_changes, hypotheses);
      propose_changes(a_case, rule.code, "channels", &channel_changes, hypotheses);
    },
};

}  // namespace whyzero::rules
