#include "app/recover/look.h"

#include <algorithm>

#include "app/grid.h"
#include "app/step.h"
#include "image/resize.h"

namespace whyzero::recover {

using nlohmann::json;

const std::vector<json>& all_turns() {
  static const std::vector<json> turns = {
      json::array(),
      json::array({{{"flip", "horizontal"}}}),
      json::array({{{"rotate", 90}}}),
      json::array({{{"rotate", 180}}}),
      json::array({{{"rotate", 270}}}),
      json::array({{{"flip", "vertical"}}}),
      json::array({{{"flip", "horizontal"}}, {{"rotate", 90}}}),
      json::array({{{"flip", "horizontal"}}, {{"rotate", 270}}}),
  };
  return turns;
}

Point before_turn(size_t turn, int x, int y, int width, int height) {
  switch (turn) {
    case 1: return {width - 1 - x, y};
    case 2: return {y, width - 1 - x};
    case 3: return {width - 1 - x, height - 1 - y};
    case 4: return {height - 1 - y, x};
    case 5: return {x, height - 1 - y};
    case 6: return {height - 1 - y, width - 1 - x};
    case 7: return {y, x};
    default: return {x, y};
  }
}

std::vector<std::string> orders_of(int channels) {
  if (channels == 1) return {"gray"};
  if (channels == 4) return {"rgba", "bgra", "argb"};
  return {"rgb", "bgr", "gray3"};
}

json Look::steps() const {
  json steps = json::array();
  if (!decoder.empty()) steps.push_back({{"decode", {{"like", decoder}}}});
  if (exif) steps.push_back({{"exif", "apply"}});
  if (gray_first) steps.push_back({{"channels", order}});
  if (real) steps.push_back({{"cast", "float32"}});
  if (turn_first) steps.insert(steps.end(), turn.begin(), turn.end());
  const json sized = with_method(geometry, resizer.method, resizer.library);
  steps.insert(steps.end(), sized.begin(), sized.end());
  if (!turn_first) steps.insert(steps.end(), turn.begin(), turn.end());
  if (!gray_first && order != "rgb") steps.push_back({{"channels", order}});
  return steps;
}

bool Look::letterboxed() const {
  return std::any_of(geometry.begin(), geometry.end(), [](const json& step) { return step.contains("letterbox"); });
}

Result<app::Value> picture_of(const app::Value& photo, const Look& look, const app::TensorInfo& tensor) {
  app::Value value = photo;
  const json steps = look.steps();
  WHYZERO_TRY(app::run_steps(value, steps, 0, steps.size(), tensor));
  if (value.box) {
    const image::Box box = *value.box;
    value.box.reset();
    WHYZERO_TRY(app::crop_to_rounded_box(value, box));
  }
  return value;
}

std::vector<uint8_t> border_of(const app::Value& photo, const Look& look, const app::TensorInfo& tensor) {
  if (!look.letterboxed()) return {};
  // What a letterbox fills is what depends on the fill.
  Look other = look;
  for (json& step : other.geometry)
    if (step.contains("letterbox")) step["letterbox"]["fill"] = step["letterbox"].value("fill", 0) == 255 ? 254 : step["letterbox"].value("fill", 0) + 1;
  const auto a = picture_of(photo, look, tensor), b = picture_of(photo, other, tensor);
  if (!a || !b || a->bytes.size() != b->bytes.size()) return {};
  std::vector<uint8_t> border(a->elements());
  for (size_t i = 0; i < border.size(); ++i)
    border[i] = app::number_at(a->dtype, a->bytes.data(), i) != app::number_at(b->dtype, b->bytes.data(), i);
  return border;
}

bool gives_real(const Resizer& resizer) {
  return image::gives_float(*image::method_from_name(resizer.method), *image::library_from_name(resizer.library));
}

bool gives_real(const Look& look) { return look.real || (resizes(look.geometry) && gives_real(look.resizer)); }

}  // namespace whyzero::recover
