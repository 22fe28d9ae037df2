// How photos come to the size of the tensor: the crops, letterboxes and resizers in use.
#include <algorithm>

#include "app/edit.h"
#include "rules/common/picture.h"

namespace whyzero::rules {
namespace {

using app::StepRole;
using nlohmann::json;

json resize(const Picture& p, const json& method, const json& library) {
  return {{"resize", {{"width", p.width}, {"height", p.height}, {"method", method}, {"library", library}}}};
}

struct Deployed {
  json method = "bilinear", library = "pillow";  // of the last resize
  int resizes = 0;
  bool wrong_size = false;   // resized to another size than the tensor's, and then cut or scaled into it
};

Deployed look_at(const json& steps, const Picture& p) {
  Deployed d;
  bool cut_after = false, box_to_size = false;
  for (const json& step : steps) {
    const std::string name = step.begin().key();
    const json& value = step.begin().value();
    if (name == "resize") {
      ++d.resizes;
      cut_after = false;
      d.method = value.value("method", json("bilinear"));
      d.library = value.value("library", json("pillow"));
      if (!value.contains("shorter") && (value.value("width", 0) != p.width || value.value("height", 0) != p.height)) d.wrong_size = true;
    } else if (name == "letterbox") {
      d.method = value.value("method", json("bilinear"));
      d.library = value.value("library", json("pillow"));
      ++d.resizes;
    } else if (value.contains("box")) {
      cut_after = true;
      box_to_size = value["box"].size() == 4 && value["box"][2] == p.width && value["box"][3] == p.height;
    }
  }
  d.wrong_size = d.wrong_size || (d.resizes == 0 && cut_after && box_to_size) || d.resizes == 0;
  return d;
}

/// A tighter crop shows a weak model more of the object, and another resizer may suit it by luck: what the app does not declare must
/// take away half of the errors.
constexpr double kMustRestore = 0.5;

Change change_to(std::string code, json steps, std::string text, double prior, bool declared) {
  Change change;
  change.must_restore = declared || code == "P015" || code == "P011" ? 0 : kMustRestore;
  change.code = std::move(code);
  change.text = std::move(text);
  change.prior = prior;
  change.declared = declared;
  change.edit = [steps = std::move(steps)](const json& pipeline) -> std::optional<json> {
    return app::replace_steps(pipeline, {StepRole::kGeometry}, steps);
  };
  return change;
}

}  // namespace

std::vector<Change> geometry_changes(const evidence::Case& a_case, size_t k) {
  const auto picture = picture_of(a_case, k);
  if (!picture) return {};
  const Picture& p = *picture;
  const json steps = app::steps_of(a_case.input(k).pipeline, {StepRole::kGeometry});
  const Deployed d = look_at(steps, p);
  const bool failed = a_case.symptom.failure && a_case.symptom.failure->code == ErrorCode::kShapeMismatch;
  const std::string code = failed ? "P015" : d.wrong_size ? "P011" : "P009";
  std::vector<Change> changes;
  const json size = resize(p, d.method, d.library);
  const json square = {{"crop", {{"square", true}}}}, central = {{"crop", {{"central", 0.875}}}};
  const auto add = [&](json list, std::string text, double prior, bool declared = false) {
    if (list != steps) changes.push_back(change_to(code, std::move(list), std::move(text), prior, declared));
  };

  // One declared step left out.
  for (size_t i = 0; i < steps.size() && steps.size() > 1; ++i) {
    json rest = steps;
    rest.erase(i);
    if (rest != json::array({size})) add(std::move(rest), "leave out step " + steps[i].dump(), 0.3, true);
  }
  add(json::array({size}), "stretch the whole photo to the tensor's size", 1.0, !steps.empty());
  add(json::array({square, central, size}), "cut the central square, 87.5 % of it, then resize", 0.5);
  add(json::array({square, size}), "cut the central square, then resize", 0.5);
  add(json::array({central, size}), "cut the central 87.5 %, then resize", 0.4);
  for (int fill : {0, 114, 128})
    add(json::array({{{"letterbox", {{"width", p.width}, {"height", p.height}, {"fill", fill}, {"method", d.method}, {"library", d.library}}}}}),
        "letterbox (pad with " + std::to_string(fill) + ")", fill == 0 ? 0.2 : 0.1);
  const int shorter = (std::min(p.width, p.height) * 256 + 112) / 224;
  add(json::array({{{"resize", {{"shorter", shorter}, {"method", d.method}, {"library", d.library}}}},
                   {{"crop", {{"center", {p.width, p.height}}}}}}),
      "resize the shorter side to " + std::to_string(shorter) + ", then cut the centre", 0.2);

  // Another resizer, everything else as it is.
  if (!failed && !d.wrong_size && d.resizes == 1 && !steps.back().contains("crop"))
    for (const auto& [method, library] : {std::pair{"bilinear", "pillow"}, {"bilinear", "opencv"}, {"area", "opencv"}, {"bicubic", "pillow"}, {"nearest", "opencv"}}) {
      if (d.method == method && d.library == library) continue;
      json list = steps;
      json& last = list.back().begin().value();
      last["method"] = method;
      last["library"] = library;
      Change change = change_to("P008", std::move(list), std::string("resize by ") + library + " " + method, 0.1, false);
      changes.push_back(std::move(change));
    }
  return changes;
}

}  // namespace whyzero::rules
