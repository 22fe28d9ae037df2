// P011 wrong-size: photos are brought to another size than the tensor has, then cut or scaled into it.
#include "rules/rule.h"

#include <fmt/format.h>

#include "app/edit.h"
#include "rules/common/picture.h"

namespace whyzero::rules {
namespace {

/// The size that the app makes first, where it is not the tensor's.
std::string other_size(const nlohmann::json& pipeline, int width, int height) {
  for (const nlohmann::json& step : pipeline) {
    if (!step.contains("resize")) continue;
    const nlohmann::json& resize = step["resize"];
    if (resize.contains("shorter")) return fmt::format("{} pixels on the shorter side", resize["shorter"].get<int>());
    const int w = resize.value("width", 0), h = resize.value("height", 0);
    if (w != width || h != height) return fmt::format("{} x {}", w, h);
  }
  return {};
}

std::string describe(const evidence::Case& a_case, const Proven& proven) {
  const auto& shape = a_case.input_tensor(0).shape;
  const int height = shape.size() == 4 ? shape[1] : 0, width = shape.size() == 4 ? shape[2] : 0;
  const std::string given = other_size(app::pipeline_at(proven.before, a_case.input(0).pointer), width, height);
  if (given.empty())
    return fmt::format("The app cuts or pads its photos to the tensor's {} x {} in place of resizing them, so that the model sees a part: {}.", width, height, proven.hypothesis.text);
  return fmt::format("The app resizes its photos to {}, but the tensor takes {} x {}; a cut, a second resize or a reshape afterwards cannot mend that: {}.", given, width, height,
                     proven.hypothesis.text);
}

}  // namespace

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
    .describe = &describe,
};

}  // namespace whyzero::rules
