// P001 channel-order: the app feeds the colour channels in another order than the model was trained on.
#include "rules/rule.h"

#include <cctype>

#include "rules/common/frames.h"
#include "rules/common/picture.h"

namespace whyzero::rules {
namespace {

std::string order_of(const nlohmann::json& document, const std::string& pointer) {
  std::string order = "RGB";
  for (const auto& step : document.value(nlohmann::json::json_pointer(pointer), nlohmann::json::array()))
    if (step.contains("channels")) order = step["channels"].get<std::string>();
  for (char& c : order) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return order;
}

std::string describe(const evidence::Case& a_case, const Proven& proven) {
  if (a_case.sources.front()->captured()) return "Red and blue are exchanged in the captured tensors.";
  const std::string& pointer = proven.hypothesis.pointer;
  return "The app feeds " + order_of(proven.before, pointer) + "; the model was trained on " + order_of(proven.after, pointer) + ".";
}

}  // namespace

extern constinit const Rule unit_channel_order{
    .code = "P001",
    .name = "channel-order",
    .summary = "the app feeds the colour channels in another order than the model was trained on",
    .documentation = R"(## What it finds
Red and blue exchanged (OpenCV reads BGR, most models are trained on RGB), or alpha in another place.

## Why it hurts
Colours are wrong but shapes are right, so accuracy drops by some tens of points and rarely to zero: easily taken for
a weak model.

## Evidence
The same photos fed with the channels in the other order; right answers and the probability of the true class, photo
by photo.

## Example
cv2.imread without cv2.cvtColor(img, cv2.COLOR_BGR2RGB).

## Fix safety
Safe: one step of the pipeline changes.

## When to ignore it
When all photos are gray: then the order cannot matter and nothing is reported.
)",
    .propose = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
      propose_changes(a_case, rule.code, "channels", &channel_changes, hypotheses);
      propose_frames(a_case, rule.code, hypotheses);
    },
    .describe = &describe,
};

}  // namespace whyzero::rules
