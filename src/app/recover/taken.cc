#include "app/recover/taken.h"

#include <algorithm>
#include <cmath>

#include "app/recover/median.h"
#include "image/geometry.h"

namespace whyzero::recover {
namespace {

using nlohmann::json;

/// What one more place in the list of likely geometries weighs, in pixels.
constexpr double kPlainer = 0.002;

/// One axis: the size so far, and where its pixels are in the photo.
struct Axis {
  double size, start = 0, step = 1;

  void cut(double from, double length) { start += step * from, size = length; }
  void resize(double to, Corners corners) {
    if (to == size) return;
    double scale = size / to, shift = 0;
    if (corners == Corners::kLegacy) shift = 0.5 - 0.5 * scale;
    if (corners == Corners::kLegacyNearest) shift = -0.5 * scale;
    if (corners == Corners::kAligned && to > 1) scale = (size - 1) / (to - 1), shift = 0.5 - 0.5 * scale;
    if (corners == Corners::kAlignedArea && to > 1) scale = (size - 1) / (to - 1);
    start += step * shift, step *= scale, size = to;
  }
};

void cut(Axis& x, Axis& y, const image::Rect& rect) {
  x.cut(double(rect.left), double(rect.width));
  y.cut(double(rect.top), double(rect.height));
}

bool run(const json& step, Axis& x, Axis& y, Corners corners) {
  const int w = static_cast<int>(x.size), h = static_cast<int>(y.size);
  if (step.contains("crop")) {
    const json& crop = step["crop"];
    if (crop.contains("central")) {
      const double f = crop["central"];
      x.cut((x.size - x.size * f) / 2, x.size * f);
      y.cut((y.size - y.size * f) / 2, y.size * f);
      return true;
    }
    if (crop.contains("square")) cut(x, y, image::square_rect(w, h));
    else if (crop.contains("center")) cut(x, y, image::center_rect(w, h, crop["center"][0], crop["center"][1]));
    else cut(x, y, {crop["box"][0], crop["box"][1], crop["box"][2], crop["box"][3]});
    return true;
  }
  if (step.contains("resize")) {
    const json& resize = step["resize"];
    std::array<int64_t, 2> size{};
    if (resize.contains("shorter")) size = image::shorter_size(w, h, resize["shorter"]);
    else size = {resize["width"], resize["height"]};
    x.resize(double(size[0]), corners);
    y.resize(double(size[1]), corners);
    return size[0] > 0 && size[1] > 0;
  }
  if (step.contains("letterbox")) {
    const int width = step["letterbox"]["width"], height = step["letterbox"]["height"];
    const auto place = image::letterbox_place(w, h, width, height);
    if (place.width < 1 || place.height < 1) return false;
    x.resize(place.width, corners);
    y.resize(place.height, corners);
    x.cut(-place.left, width);
    y.cut(-place.top, height);
    return true;
  }
  return true;
}

}  // namespace

Corners corners_of(const Resizer& resizer) {
  const bool nearest = resizer.method == "nearest";
  if (resizer.method == "area") return resizer.library == "tensorflow-align-corners" ? Corners::kAlignedArea : Corners::kCentred;
  if (resizer.library == "tensorflow-v1") return nearest ? Corners::kLegacyNearest : Corners::kLegacy;
  if (resizer.library == "opencv" && nearest) return Corners::kLegacyNearest;
  if (resizer.library == "tensorflow-align-corners") return Corners::kAligned;
  return Corners::kCentred;
}

bool taken_box(const json& geometry, const Size& photo, Corners corners, image::Box& box) {
  Axis x{double(photo[0])}, y{double(photo[1])};
  for (const json& step : geometry) {
    if (!run(step, x, y, corners)) return false;
    if (x.size < 1 || y.size < 1) return false;
  }
  box = {x.start, y.start, x.start + x.step * x.size, y.start + y.step * y.size};
  return true;
}

std::vector<image::Box> centred_boxes(std::span<const image::Box> shown, int width, int height, Corners corners) {
  // [start, start + step · size) is what Axis makes of a resize of [0, size): undone.
  const auto undo = [corners](double from, double to, int size, double& left, double& right) {
    double step = (to - from) / size;
    left = from;
    if (corners == Corners::kLegacy) left = from - 0.5 + 0.5 * step;
    if (corners == Corners::kLegacyNearest) left = from + 0.5 * step;
    if (corners == Corners::kAligned || corners == Corners::kAlignedArea) {
      if (corners == Corners::kAligned) left = from - 0.5 + 0.5 * step;
      step = (step * (size - 1) + 1) / size;
    }
    right = left + step * size;
  };
  std::vector<image::Box> boxes;
  for (const image::Box& box : shown) {
    boxes.emplace_back();
    undo(box.left, box.right, width, boxes.back().left, boxes.back().right);
    undo(box.top, box.bottom, height, boxes.back().top, boxes.back().bottom);
  }
  return boxes;
}

std::vector<Placed> placed_geometries(const std::vector<json>& geometries, std::span<const image::Box> boxes, std::span<const Size> photos, int width, int height, double most) {
  std::vector<Placed> list;
  for (size_t g = 0; g < geometries.size(); ++g)
    for (const Corners corners : kAllCorners) {
      std::vector<double> distances;
      for (size_t i = 0; i < boxes.size(); ++i) {
        image::Box taken;
        if (!taken_box(geometries[g], photos[i], corners, taken)) break;
        const double x = (boxes[i].right - boxes[i].left) / width, y = (boxes[i].bottom - boxes[i].top) / height;
        distances.push_back(std::max({std::fabs(taken.left - boxes[i].left) / x, std::fabs(taken.right - boxes[i].right) / x, std::fabs(taken.top - boxes[i].top) / y,
                                      std::fabs(taken.bottom - boxes[i].bottom) / y}));
      }
      if (distances.size() != boxes.size() || distances.empty()) continue;
      const double distance = median(std::move(distances));
      if (distance <= most) list.push_back({geometries[g], corners, distance + kPlainer * double(g)});
    }
  std::stable_sort(list.begin(), list.end(), [](const Placed& a, const Placed& b) { return a.distance < b.distance; });
  return list;
}

}  // namespace whyzero::recover
