// P002 value-range: the numbers fed are in another range than the model was trained on.
#include "rules/rule.h"

#include "rules/common/picture.h"

namespace whyzero::rules {

extern constinit const Rule unit_value_range{
    .code = "P002",
    .name = "value-range",
    .summary = "the numbers fed are in another range than the model was trained on",
    .documentation = R"(## What it finds
A scale, offset, mean or deviation that is not the one of training: 0..255 for [-1, 1], [0, 1] for [-1, 1], ImageNet
statistics where there should be none.

## Why it hurts
Every activation of the first layer is too large, too small or shifted. Often the answer is one class, whatever is
shown.

## Evidence
The same photos fed in each of the ranges that training pipelines use, compared photo by photo.

## Example
img / 255.0 for a MobileNet that was trained on img / 127.5 - 1.

## Fix safety
Safe: the arithmetic of the pipeline changes.

## When to ignore it
When several ranges do equally well (a model that normalizes inside): then none is reported.
)",
    .propose = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
      propose_changes(a_case, rule.code, "range", &range_changes, hypotheses);
      propose_changes(a_case, rule.code, "range", &row_changes, hypotheses);
    },
};

}  // namespace whyzero::rules
