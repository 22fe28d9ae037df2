// P017 colour-model: gray pictures fed where the model wants colour, or the other way round.
#include "rules/rule.h"

#include "rules/common/frames.h"
#include "rules/common/picture.h"

namespace whyzero::rules {
namespace {

bool feeds_gray(const nlohmann::json& document, const std::string& pointer) {
  bool gray = false;
  for (const auto& step : document.value(nlohmann::json::json_pointer(pointer), nlohmann::json::array()))
    if (step.contains("channels")) gray = step["channels"].get_ref<const std::string&>().starts_with("gray");
  return gray;
}

std::string describe(const evidence::Case&, const Proven& proven) {
  const bool before = feeds_gray(proven.before, proven.hypothesis.pointer), after = feeds_gray(proven.after, proven.hypothesis.pointer);
  if (before && !after) return "The app feeds gray pictures; the model was trained on colour.";
  if (after && !before) return "The app feeds colour; the model was trained on gray pictures.";
  return "A camera's chroma is taken for another's: " + proven.hypothesis.text + ".";
}

}  // namespace

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
    .describe = &describe,
};

}  // namespace whyzero::rules
