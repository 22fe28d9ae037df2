#include "rules/common/frames.h"

#include <fmt/format.h>

namespace whyzero::rules {
namespace {

using nlohmann::json;

struct Format {
  const char* name;
  const char* code;   // of the cause where frames are read as another of the same code
  double prior;
};
/// Of one code the frames have the same size, so that a wrong name is not noticed.
constexpr Format kFormats[] = {{"nv21", "P017", 1.0}, {"nv12", "P017", 1.0}, {"i420", "P017", 0.7}, {"rgba", "P001", 1.0}, {"bgra", "P001", 1.0}};

void propose(const evidence::Case& a_case, size_t k, std::string_view code, std::vector<evidence::Hypothesis>& hypotheses) {
  const app::Input& input = a_case.input(k);
  const std::string deployed = input.source.value("format", "");
  for (const Format& now : kFormats) {
    if (deployed != now.name || code != now.code) continue;
    for (const Format& other : kFormats) {
      if (&other == &now || std::string_view(other.code) != now.code) continue;
      evidence::Hypothesis h;
      h.code = code;
      h.axis = "frames" + input.pointer;
      h.text = fmt::format("read the camera's frames as {} instead of {}", other.name, deployed);
      h.pointer = input.pointer + "/frames/format";
      h.prior = other.prior;
      h.edit = [pointer = h.pointer, name = other.name](const json& document) -> std::optional<json> {
        json changed = document;
        const json::json_pointer place(pointer);
        if (!changed.contains(place) || changed[place] == name) return std::nullopt;
        changed[place] = name;
        return changed;
      };
      hypotheses.push_back(std::move(h));
    }
  }
}

}  // namespace

void propose_frames(const evidence::Case& a_case, std::string_view code, std::vector<evidence::Hypothesis>& hypotheses) {
  for (size_t k = 0; k < a_case.app.inputs.size(); ++k)
    if (a_case.input(k).kind == app::SourceKind::kFrames) propose(a_case, k, code, hypotheses);
}

}  // namespace whyzero::rules
