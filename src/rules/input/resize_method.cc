// P008 resize-method: another interpolation or library resizes the photos than in training, and it hurts.
#include "rules/rule.h"

#include "rules/common/picture.h"

namespace whyzero::rules {

extern constinit const Rule unit_resize_method{
    .code = "P008",
    .name = "resize-method",
    .summary = "another interpolation or library resizes the photos than in training, and it hurts",
    .documentation = R"(## What it finds
Nearest neighbour or another library's bilinear where the model was trained on something smoother.

## Why it hurts
Small structures alias. Most models hardly mind.

## Evidence
The same photos resized by other methods and libraries.

## Example
cv2.INTER_NEAREST for a model of small signs.

## Fix safety
Safe: the method of one step changes.

## When to ignore it
Mostly: reported only where it costs five points or more.
)",
    .propose = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
      propose_changes(a_case, rule.code, "geometry", &geometry_changes, hypotheses);
    },
};

}  // namespace whyzero::rules
