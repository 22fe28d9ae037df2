// P009 crop: another part of the photo is fed than the model was trained on.
#include "rules/rule.h"

#include "rules/common/picture.h"

namespace whyzero::rules {

extern constinit const Rule unit_crop{
    .code = "P009",
    .name = "crop",
    .summary = "another part of the photo is fed than the model was trained on",
    .documentation = R"(## What it finds
A central crop, square crop, letterbox or stretch that is not the one of training.

## Why it hurts
Objects are cut off, distorted or too small.

## Evidence
The same photos cut in the ways that training pipelines use.

## Example
A letterbox from a detector's code in front of a classifier.

## Fix safety
Safe: the steps before the tensor's size change.

## When to ignore it
When it costs less than five points: then it is not reported.
)",
    .propose = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
      propose_changes(a_case, rule.code, "geometry", &geometry_changes, hypotheses);
    },
};

}  // namespace whyzero::rules
