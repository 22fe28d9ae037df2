#include "app/recover/geometry.h"

#include <algorithm>
#include <cmath>

#include "app/recover/median.h"

namespace whyzero::recover {
namespace {

using nlohmann::json;

constexpr Resizer kResizers[] = {
    {"bilinear", "pillow"},   {"bilinear", "opencv"},   {"bilinear", "tensorflow"},   {"bilinear", "tensorflow-v1"},
    {"bicubic", "pillow"},    {"nearest", "opencv"},    {"area", "opencv"},           {"lanczos", "pillow"},
    {"nearest", "pillow"},    {"bicubic", "opencv"},    {"area", "pillow"},           {"lanczos", "opencv"},
    {"nearest", "tensorflow"},  {"bilinear", "tensorflow-antialias"}, {"bilinear", "tensorflow-align-corners"},
    {"nearest", "tensorflow-v1"}, {"nearest", "tensorflow-align-corners"}, {"bicubic", "tensorflow"}, {"area", "tensorflow"},
    {"bicubic", "tensorflow-antialias"}, {"bicubic", "tensorflow-v1"}, {"bicubic", "tensorflow-align-corners"},
    {"area", "tensorflow-v1"}, {"area", "tensorflow-align-corners"}, {"area", "tensorflow-antialias"}, {"nearest", "tensorflow-antialias"},
    {"lanczos", "tensorflow"}, {"lanczos", "tensorflow-antialias"},
};

json resize(int width, int height) { return {{"resize", {{"width", width}, {"height", height}}}}; }
json shorter(int n) { return {{"resize", {{"shorter", n}}}}; }
json square() { return {{"crop", {{"square", true}}}}; }
json central(double f) { return {{"crop", {{"central", f}}}}; }
json central_tensorflow(double f) { return {{"crop", {{"central", f}, {"library", "tensorflow"}}}}; }
json center(int width, int height) { return {{"crop", {{"center", {width, height}}}}}; }
json box(int64_t left, int64_t top, int64_t width, int64_t height) { return {{"crop", {{"box", {left, top, width, height}}}}}; }

void add(std::vector<json>& list, json steps) {
  if (std::find(list.begin(), list.end(), steps) == list.end()) list.push_back(std::move(steps));
}

/// Resized to a size of its own, then a part of the tensor's size cut out.
void add_oversized(std::vector<json>& list, int k, int width, int height) {
  if (k < std::max(width, height)) return;
  add(list, json::array({resize(k, k), center(width, height)}));
  if (k > width || k > height) add(list, json::array({resize(k, k), box(0, 0, width, height)}));
}

void add_shorter(std::vector<json>& list, int n, int width, int height) {
  add(list, json::array({shorter(n), center(width, height)}));
  add(list, json::array({shorter(n), box(0, 0, width, height)}));
}

/// How far a share may be from the truth: smooth photos are registered to a pixel or two.
constexpr double kShareError = 0.025;

/// Shares near x that people write, nearest first, and x itself to three digits.
std::vector<double> shares_near(double x) {
  std::vector<double> shares;
  for (int k = 1; k <= 100; ++k)
    if (std::fabs(k / 100.0 - x) < kShareError) shares.push_back(k / 100.0);
  for (int k = 1; k < 16; k += 2)
    if (std::fabs(k / 16.0 - x) < kShareError) shares.push_back(k / 16.0);
  if (std::fabs(0.875 - x) < kShareError) shares.push_back(0.875);
  std::stable_sort(shares.begin(), shares.end(), [&](double a, double b) { return std::fabs(a - x) < std::fabs(b - x); });
  if (x > 0 && x < 1) shares.push_back(std::round(x * 1000) / 1000);
  return shares;
}

bool centred(const image::Box& b, const Size& photo) {
  return std::fabs((b.left + b.right) / 2 - photo[0] / 2.0) < 0.02 * photo[0] && std::fabs((b.top + b.bottom) / 2 - photo[1] / 2.0) < 0.02 * photo[1];
}

/// The middle that central crops leave of a photo.
image::Box middle_of(const json& crops, const Size& photo) {
  double w = photo[0], h = photo[1];
  for (const json& step : crops) {
    if (step["crop"].contains("square")) w = h = std::min(w, h);
    else w *= step["crop"]["central"].get<double>(), h *= step["crop"]["central"].get<double>();
  }
  return {(photo[0] - w) / 2, (photo[1] - h) / 2, (photo[0] + w) / 2, (photo[1] + h) / 2};
}

/// What the crops leave, resized so that the boxes have the tensor's size, and those cut out.
void add_cut_out(std::vector<json>& list, const json& crops, std::span<const image::Box> boxes, std::span<const Size> photos, int width, int height) {
  std::vector<double> sides_x, sides_y, lefts, tops;
  for (size_t i = 0; i < boxes.size(); ++i) {
    const image::Box of = middle_of(crops, photos[i]);
    const double w = boxes[i].right - boxes[i].left, h = boxes[i].bottom - boxes[i].top;
    sides_x.push_back(width * (of.right - of.left) / w);
    sides_y.push_back(height * (of.bottom - of.top) / h);
    lefts.push_back(width * (boxes[i].left - of.left) / w);
    tops.push_back(height * (boxes[i].top - of.top) / h);
  }
  const auto steps = [&](const json& size, const json& cut) {
    json all = crops;
    all.push_back(size), all.push_back(cut);
    return all;
  };
  const int kx = static_cast<int>(std::lround(median(sides_x))), ky = static_cast<int>(std::lround(median(sides_y)));
  const long at_x = std::lround(median(lefts)), at_y = std::lround(median(tops));
  for (int spread : {0, -1, 1, -2, 2, -3, 3}) {
    const int a = kx + spread, b = std::abs(kx - ky) <= 3 ? a : ky + spread;
    if (a < width || b < height) continue;
    add(list, steps(resize(a, b), center(width, height)));
    for (long dy : {0L, -1L, 1L})
      for (long dx : {0L, -1L, 1L})
        if (at_x + dx >= 0 && at_y + dy >= 0 && at_x + dx + width <= a && at_y + dy + height <= b)
          add(list, steps(resize(a, b), box(at_x + dx, at_y + dy, width, height)));
  }
}

}  // namespace

std::span<const Resizer> all_resizers() { return kResizers; }

json with_method(json steps, std::string_view method, std::string_view library) {
  bool last = true;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step)
    for (std::string_view name : {"resize", "letterbox"})
      if (const auto it = step->find(name); it != step->end()) {
        if (!last && it->contains("method")) continue;
        (*it)["method"] = method;
        (*it)["library"] = library;
        last = false;
      }
  return steps;
}

std::vector<json> other_resizers(const json& pipeline) {
  std::vector<json> list;
  for (const Resizer& resizer : all_resizers())
    if (json other = with_method(pipeline, resizer.method, resizer.library); other != pipeline) list.push_back(std::move(other));
  return list;
}

std::vector<json> usual_geometries(int width, int height, std::span<const Size> photos) {
  std::vector<json> list;
  const json size = resize(width, height);
  add(list, json::array({size}));
  add(list, json::array({square(), size}));
  add(list, json::array({square(), central(0.875), size}));
  for (double f : {0.875, 0.5, 0.9, 0.8, 0.75, 0.95, 0.7, 0.6, 0.85}) {
    add(list, json::array({central(f), size}));
    add(list, json::array({central_tensorflow(f), size}));
  }
  add(list, json::array({square(), central_tensorflow(0.875), size}));
  add(list, json::array({central(0.875), square(), size}));
  add(list, json::array({{{"letterbox", {{"width", width}, {"height", height}, {"fill", 0}}}}}));
  const int side = std::min(width, height);
  for (int n : {(side * 256 + 112) / 224, (side * 8 + 6) / 7, side, side + 32, side * 5 / 4, side * 3 / 2, 256, 232, 236}) {
    if (n < side) continue;
    add_shorter(list, n, width, height);
    add_oversized(list, n, width, height);
  }
  add(list, json::array({square(), center(side, side), size}));
  const bool holds = std::all_of(photos.begin(), photos.end(), [&](const Size& p) { return p[0] >= width && p[1] >= height; });
  if (holds) {
    add(list, json::array({center(width, height)}));
    add(list, json::array({box(0, 0, width, height)}));
  }
  if (width != height) add(list, json::array({resize(height, width)}));  // sides exchanged: the element count is the same
  const bool same = std::all_of(photos.begin(), photos.end(), [&](const Size& p) { return p[0] == width && p[1] == height; });
  if (same) list.insert(list.begin(), json::array());
  return list;
}

std::vector<int> usual_detours(int width) {
  std::vector<int> sizes = {width / 2, width * 2, 8, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 299, 320, 336, 384, 416, 448, 512, 640};
  std::sort(sizes.begin(), sizes.end());
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  return sizes;
}

std::vector<json> double_resizes(const json& geometry, int width, int height, std::span<const int> sizes) {
  json crops = json::array();
  for (const json& step : geometry)
    if (step.contains("crop")) crops.push_back(step);
    else break;
  std::vector<json> list;
  for (int k : sizes) {
    if (k < 1 || (k == width && k == height)) continue;
    for (const bool other : {false, true}) {
      json steps = crops;
      steps.push_back(resize(k, k));
      if (other) steps.back()["resize"]["method"] = "bilinear", steps.back()["resize"]["library"] = "pillow";
      steps.push_back(resize(width, height));
      add(list, std::move(steps));
    }
  }
  return list;
}

int detour_of(const json& geometry) {
  std::vector<int> widths;
  for (const json& step : geometry)
    if (step.contains("resize") && step["resize"].contains("width")) widths.push_back(step["resize"]["width"]);
  return widths.size() == 2 ? widths[0] : 0;
}

std::vector<json> geometries_for(std::span<const image::Box> boxes, std::span<const Size> photos, int width, int height) {
  std::vector<json> list;
  if (boxes.empty()) return list;
  const json size = resize(width, height);
  // One photo that is registered wrongly must not spoil the others: medians.
  std::vector<double> shares, of_squares, lefts, tops, scales;
  size_t in_the_middle = 0;
  for (size_t i = 0; i < boxes.size(); ++i) {
    const image::Box& b = boxes[i];
    const double w = b.right - b.left, h = b.bottom - b.top, side = std::min(photos[i][0], photos[i][1]);
    in_the_middle += centred(b, photos[i]);
    shares.push_back(std::sqrt(w / photos[i][0] * h / photos[i][1]));
    of_squares.push_back(std::sqrt(w * h) / side);
    lefts.push_back(b.left / w);
    tops.push_back(b.top / h);
    scales.push_back(side * std::sqrt(width / w * height / h));
  }
  const double share = median(shares), of_square = median(of_squares), left = median(lefts),
               top = median(tops), scale = median(scales);
  const bool all_centred = in_the_middle * 2 > boxes.size();
  const double per_pixel = std::sqrt((boxes[0].right - boxes[0].left) / width * (boxes[0].bottom - boxes[0].top) / height);
  if (all_centred) {
    for (double f : shares_near(share)) {
      add(list, json::array({central(f), size}));
      add(list, json::array({central_tensorflow(f), size}));
    }
    for (double f : shares_near(of_square)) {
      add(list, json::array({square(), central(f), size}));
      add(list, json::array({square(), central_tensorflow(f), size}));
    }
  }
  // A photo or its middle resized to other sides, of which the tensor's part was cut out.
  for (const json& crops : {json::array(), json::array({square(), central(0.875)}), json::array({square()}), json::array({central(0.875)})}) add_cut_out(list, crops, boxes, photos, width, height);
  const auto at_x = std::lround(left * width), at_y = std::lround(top * height);
  for (int spread : {0, -1, 1, -2, 2, -3, 3}) {
    const int s = static_cast<int>(std::lround(scale)) + spread;
    if (s < 1) continue;
    if (all_centred) add(list, json::array({shorter(s), center(width, height)}));
    else if (at_x >= 0 && at_y >= 0) add(list, json::array({shorter(s), box(at_x, at_y, width, height)}));
  }
  // A box of fixed sides, in the middle or anywhere.
  const auto middle = [&](double image::Box::*side) {
    std::vector<double> list;
    for (const image::Box& one : boxes) list.push_back(one.*side);
    return median(std::move(list));
  };
  const image::Box b{middle(&image::Box::left), middle(&image::Box::top), middle(&image::Box::right), middle(&image::Box::bottom)};
  const long w = std::lround(b.right - b.left), h = std::lround(b.bottom - b.top);
  const auto fits = [&](long x, long y, long bw, long bh) {
    return x >= 0 && y >= 0 && bw > 0 && bh > 0 && std::all_of(photos.begin(), photos.end(), [&](const Size& p) { return x + bw <= p[0] && y + bh <= p[1]; });
  };
  if (std::fabs(per_pixel - 1) < 0.01 && fits(std::lround(b.left), std::lround(b.top), width, height))
    for (long dy : {0L, -1L, 1L})
      for (long dx : {0L, -1L, 1L})
        if (fits(std::lround(b.left) + dx, std::lround(b.top) + dy, width, height))
          add(list, json::array({box(std::lround(b.left) + dx, std::lround(b.top) + dy, width, height)}));
  if (all_centred)
    for (long d : {0L, -1L, 1L, -2L, 2L})
      if (fits(0, 0, w + d, std::labs(w - h) <= 2 ? w + d : h + d)) add(list, json::array({center(static_cast<int>(w + d), static_cast<int>(std::labs(w - h) <= 2 ? w + d : h + d)), size}));
  if (!all_centred)
    for (long l : {0L, -1L, 1L})
      for (long t : {0L, -1L, 1L})
        for (long r : {0L, -1L, 1L})
          for (long u : {0L, -1L, 1L}) {
            const long x = std::lround(b.left) + l, y = std::lround(b.top) + t, bw = std::lround(b.right) + r - x, bh = std::lround(b.bottom) + u - y;
            if (fits(x, y, bw, bh)) add(list, json::array({box(x, y, bw, bh), size}));
          }
  return list;
}

std::vector<json> box_neighbours(const json& geometry, Sweep sweep) {
  // How far a box's begin and length go, across and down.
  const auto reach = [&](bool across) -> std::array<int, 2> {
    if (sweep == Sweep::kBoth) return {1, 2};
    return across == (sweep == Sweep::kAcross) ? std::array{4, 6} : std::array{0, 0};
  };
  const auto [left, wider] = reach(true);
  const auto [top, higher] = reach(false);
  std::vector<json> list;
  for (size_t i = 0; i < geometry.size(); ++i) {
    if (!geometry[i].contains("crop") || !geometry[i]["crop"].contains("box")) continue;
    const auto box = geometry[i]["crop"]["box"].get<std::array<int, 4>>();
    const auto add = [&](const std::array<int, 4>& other) {
      if (other == box || other[0] < 0 || other[1] < 0 || other[2] < 1 || other[3] < 1) return;
      list.push_back(geometry);
      list.back()[i]["crop"]["box"] = other;
    };
    // Both lengths as much: means over areas hardly notice.
    for (int d = -8; sweep == Sweep::kBoth && d <= 8; ++d) add({box[0], box[1], box[2] + d, box[3] + d});
    for (int x = -left; x <= left; ++x)
      for (int w = -wider; w <= wider; ++w)
        for (int y = -top; y <= top; ++y)
          for (int h = -higher; h <= higher; ++h) add({box[0] + x, box[1] + y, box[2] + w, box[3] + h});
  }
  return list;
}

bool resizes(const json& geometry) {
  return std::any_of(geometry.begin(), geometry.end(), [](const json& step) { return step.contains("resize") || step.contains("letterbox"); });
}

}  // namespace whyzero::recover
