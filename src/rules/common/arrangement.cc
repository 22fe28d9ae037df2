// How a picture lies in memory: turned, mirrored, channels first.
#include "app/edit.h"
#include "rules/common/picture.h"

namespace whyzero::rules {
namespace {

using app::StepRole;
using nlohmann::json;

Change change(std::string code, std::string text, double prior, bool declared,
              std::function<std::optional<json>(const json& pipeline)> edit) {
  return {std::move(code), std::move(text), prior, declared, std::move(edit)};
}

/// Turning comes before cutting and scaling: a crop of a turned photo is another crop.
json turned(const json& pipeline, const json& steps) {
  json result = json::array();
  bool placed = false;
  for (const json& step : app::replace_steps(pipeline, {StepRole::kOrientation}, json::array())) {
    if (!placed && app::role_of(step) > StepRole::kColumns) {
      for (const json& one : steps) result.push_back(one);
      placed = true;
    }
    result.push_back(step);
  }
  if (!placed)
    for (const json& one : steps) result.push_back(one);
  return result;
}

bool any_exif(const evidence::Case& a_case, size_t k) {
  const app::Source& source = *a_case.sources[k];
  for (size_t i = 0; i < std::min<size_t>(source.size(), 16); ++i) {
    const auto value = source.first_value(i, image::DecodeLike::kPillow, a_case.input_tensor(k));
    if (value && value->exif > 1) return true;
  }
  return false;
}

}  // namespace

std::vector<Change> orientation_changes(const evidence::Case& a_case, size_t k) {
  if (!picture_of(a_case, k)) return {};
  const json& deployed = a_case.input(k).pipeline;
  std::vector<Change> changes;
  const json own = app::steps_of(deployed, {StepRole::kOrientation});
  if (!own.empty())
    changes.push_back(change("P010", "leave the photos as they are", 1.0, true,
                             [](const json& p) -> std::optional<json> { return app::replace_steps(p, {StepRole::kOrientation}, json::array()); }));
  for (size_t i = 0; own.size() > 1 && i < own.size(); ++i)
    changes.push_back(change("P010", "leave out " + own[i].dump(), 0.5, true, [i](const json& p) -> std::optional<json> {
      json rest = app::steps_of(p, {StepRole::kOrientation});
      if (i >= rest.size()) return std::nullopt;
      rest.erase(i);
      return app::replace_steps(p, {StepRole::kOrientation}, rest);
    }));
  const json exif = app::steps_of(deployed, {StepRole::kExif});
  if (exif.empty() && any_exif(a_case, k))
    changes.push_back(change("P010", "turn the photos as their EXIF tag says", 1.0, true, [](const json& p) -> std::optional<json> {
      return app::replace_steps(p, {StepRole::kExif}, json::array({{{"exif", "apply"}}}));
    }));
  struct Turn {
    const char* text;
    json steps;
    double prior;
  };
  const Turn turns[] = {
      {"mirror the photos", json::array({{{"flip", "horizontal"}}}), 0.4},
      {"turn the photos by 90 degrees", json::array({{{"rotate", 90}}}), 0.4},
      {"turn the photos by 180 degrees", json::array({{{"rotate", 180}}}), 0.4},
      {"turn the photos by 270 degrees", json::array({{{"rotate", 270}}}), 0.4},
      {"turn the photos upside down (vertical mirror)", json::array({{{"flip", "vertical"}}}), 0.3},
      {"mirror and turn the photos by 90 degrees", json::array({{{"flip", "horizontal"}}, {{"rotate", 90}}}), 0.1},
      {"mirror and turn the photos by 270 degrees", json::array({{{"flip", "horizontal"}}, {{"rotate", 270}}}), 0.1},
  };
  for (const Turn& turn : turns)
    if (turn.steps != own)
      changes.push_back(change("P010", turn.text, turn.prior, false, [steps = turn.steps](const json& p) -> std::optional<json> { return turned(p, steps); }));
  return changes;
}

std::vector<Change> layout_changes(const evidence::Case& a_case, size_t k) {
  const auto picture = picture_of(a_case, k);
  if (!picture || picture->channels == 1) return {};
  const json own = app::steps_of(a_case.input(k).pipeline, {StepRole::kLayout});
  if (!own.empty())
    return {change("P007", "write the channels of a pixel side by side", picture->channels_first ? 0.2 : 1.0, !picture->channels_first,
                   [](const json& p) -> std::optional<json> { return app::replace_steps(p, {StepRole::kLayout}, json::array()); })};
  return {change("P007", "write the channels one plane after the other", picture->channels_first ? 1.0 : 0.05, picture->channels_first,
                 [](const json& p) -> std::optional<json> { return app::replace_steps(p, {StepRole::kLayout}, json::array({{{"layout", "nchw"}}})); })};
}

}  // namespace whyzero::rules
