// P017 colour-model: gray pictures fed where the model wants colour, or the other way round.
#include "rules/rule.h"

#include "rules/common/frames.h"
#include "rules/common/picture.h"

namespace whyzero::rules {

extern constinit const Rule unit_colour_model{
    .code = "P017",
    .name = "colour-model",
    .summary = "gray pictures fed where the model wants colour or the other way round, or a camera's chroma taken for another's",
    .documentation = R"(## What it finds
A pipeline that turns photos gray before a colour model, or feeds colour to a model of gray pictures. Camera frames whose
U and V are exchanged (nv12 for nv21), or whose planes are read as pairs (i420).

## Why it hurts
The model looks for colours that are not there.

## Evidence
The same photos fed in colour, or gray.

## Example
A camera preview whose Y plane was copied three times.

## Fix safety
Safe: one step of the pipeline changes.

## When to ignore it
When the photos themselves are gray.
)",
    .propose = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
      propose_changes(a_case, rule.code, "channels", &channel_changes, hypotheses);
      propose_frames(a_case, rule.code, hypotheses);
    },
};

}  // namespace whyzero::rules
