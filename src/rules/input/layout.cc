// P007 layout: channels-first bytes in a channels-last tensor, or the other way round.
#include "rules/rule.h"

#include "rules/common/picture.h"
#include "rules/common/recovered.h"

namespace whyzero::rules {

extern constinit const Rule unit_layout{
    .code = "P007",
    .name = "layout",
    .summary = "channels-first bytes in a channels-last tensor, or the other way round",
    .documentation = R"(## What it finds
NCHW bytes written into an NHWC tensor.

## Why it hurts
The picture falls apart into stripes.

## Evidence
The same photos in the other layout.

## Example
A PyTorch pipeline in front of a converted Keras model.

## Fix safety
Safe: one step is added or left out.

## When to ignore it
Never.
)",
    .look = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) { report_facts(rule, a_case, findings); },
    .propose = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
      propose_changes(a_case, rule.code, "layout", &layout_changes, hypotheses);
    },
    .conclude = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) { conclude_facts(rule, a_case, findings); },
};

}  // namespace whyzero::rules
