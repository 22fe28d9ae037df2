// P003 normalized-twice: the pixels are normalized twice, in the app and in the model or in two steps.
#include "rules/rule.h"

#include "rules/common/picture.h"

namespace whyzero::rules {

extern constinit const Rule unit_normalized_twice{
    .code = "P003",
    .name = "normalized-twice",
    .summary = "the pixels are normalized twice, in the app and in the model or in two steps",
    .documentation = R"(## What it finds
Two normalizations in a row: two steps of the app, or one in the app and one inside the graph.

## Why it hurts
What should be -1..1 becomes nearly constant.

## Evidence
The same photos fed with one of the normalizations left out.

## Example
A Keras model with a Rescaling layer inside, fed with x / 255.

## Fix safety
Safe: one step goes.

## When to ignore it
When the second step undoes or completes the first (x / 255, then (x - mean) / std).
)",
    .propose = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
      propose_changes(a_case, rule.code, "range", &range_changes, hypotheses);
      propose_changes(a_case, rule.code, "range", &row_changes, hypotheses);
    },
};

}  // namespace whyzero::rules
