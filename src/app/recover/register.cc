#include "app/recover/register.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "image/geometry.h"

namespace whyzero::recover {
namespace {

using Sides = std::array<double, 4>;  // left, top, right, bottom

constexpr int kRough = 12, kFinest = 48;
/// What a part must measure at least, in the frame's pixels.
constexpr int kLeastPart = 8;
/// Numbers beyond are bits of another type.
constexpr double kHuge = 1e9;

/// Rectangle of pixels: columns left … right, rows top … bottom, ends excluded.
struct Cut {
  int left, top, right, bottom;
};

class Plane {
 public:
  Plane(int width, int height) : width(width), height(height), pixels(size_t(width) * size_t(height), std::numeric_limits<float>::quiet_NaN()) {}
  float& at(int x, int y) { return pixels[size_t(y) * size_t(width) + size_t(x)]; }
  float at(int x, int y) const { return pixels[size_t(y) * size_t(width) + size_t(x)]; }
  Means means(const Cut& cut) const {
    std::vector<float> inside;
    for (int y = cut.top; y < cut.bottom; ++y)
      for (int x = cut.left; x < cut.right; ++x) inside.push_back(at(x, y));
    return {cut.right - cut.left, cut.bottom - cut.top, inside};
  }

  int width, height;
  std::vector<float> pixels;
};

/// The largest rectangle of known pixels that full rows, or full columns, leave.
Cut known_part(const Plane& gray) {
  const auto known_row = [&](int y) { return std::none_of(gray.pixels.begin() + std::ptrdiff_t(y) * gray.width, gray.pixels.begin() + std::ptrdiff_t(y + 1) * gray.width, [](float x) { return std::isnan(x); }); };
  const auto known_column = [&](int x) {
    for (int y = 0; y < gray.height; ++y)
      if (std::isnan(gray.at(x, y))) return false;
    return true;
  };
  Cut rows{0, 0, gray.width, gray.height}, columns = rows;
  while (rows.top < gray.height && !known_row(rows.top)) ++rows.top;
  rows.bottom = rows.top;
  while (rows.bottom < gray.height && known_row(rows.bottom)) ++rows.bottom;
  while (columns.left < gray.width && !known_column(columns.left)) ++columns.left;
  columns.right = columns.left;
  while (columns.right < gray.width && known_column(columns.right)) ++columns.right;
  return (rows.bottom - rows.top) * gray.width >= (columns.right - columns.left) * gray.height ? rows : columns;
}

/// Without the rows and columns at the edges that hold one value, as a letterbox fills them.
Cut without_border(const Plane& gray, const Cut& cut) {
  Cut inner = cut;
  const float fill = gray.at(cut.left, cut.top);
  const auto flat_row = [&](int y) {
    for (int x = cut.left; x < cut.right; ++x)
      if (gray.at(x, y) != fill) return false;
    return true;
  };
  const auto flat_column = [&](int x) {
    for (int y = cut.top; y < cut.bottom; ++y)
      if (gray.at(x, y) != fill) return false;
    return true;
  };
  while (inner.top < inner.bottom && flat_row(inner.top)) ++inner.top;
  while (inner.bottom > inner.top && flat_row(inner.bottom - 1)) --inner.bottom;
  while (inner.left < inner.right && flat_column(inner.left)) ++inner.left;
  while (inner.right > inner.left && flat_column(inner.right - 1)) --inner.right;
  const bool usable = inner.right - inner.left >= kLeastPart && inner.bottom - inner.top >= kLeastPart;
  return usable ? inner : cut;
}

void deviations(std::vector<double>& list) {
  double sum = 0;
  for (double x : list) sum += x;
  for (double& x : list) x -= sum / double(list.size());
}

/// The photo's part in a small grid against the tensor's picture in the same grid, best brightness and contrast assumed.
class Fit {
 public:
  Fit(const Means& photo, const Means& part, int grid) : photo_(photo), grid_(grid) {
    part.cells({0, 0, double(part.width()), double(part.height())}, grid, target_);
    deviations(target_);
    for (double d : target_) total_ += d * d;
  }
  bool usable() const { return total_ > 0; }

  Sides clamped(Sides s) const {
    for (size_t side : {0, 1}) {
      const double end = side == 0 ? photo_.width() : photo_.height();
      s[side] = std::clamp(s[side], 0.0, end - 4);
      s[side + 2] = std::clamp(s[side + 2], s[side] + 4, end);
    }
    return s;
  }
  std::vector<double> part(const Sides& s) const {
    std::vector<double> list;
    photo_.cells({s[0], s[1], s[2], s[3]}, grid_, list);
    deviations(list);
    return list;
  }
  double gain(const std::vector<double>& part) const {
    double xx = 0, xy = 0;
    for (size_t i = 0; i < part.size(); ++i) xx += part[i] * part[i], xy += part[i] * target_[i];
    return xx > 0 ? xy / xx : 0;
  }
  double explained(const std::vector<double>& part) const {
    double xx = 0, xy = 0;
    for (size_t i = 0; i < part.size(); ++i) xx += part[i] * part[i], xy += part[i] * target_[i];
    return xx > 0 ? xy * xy / xx / total_ : 0;
  }

  /// Gauss-Newton over the four sides, by differences; steps that make it worse are halved.
  Sides improve(Sides s, int rounds, double enough) const {
    s = clamped(s);
    std::vector<double> here = part(s);
    double best = explained(here);
    for (int round = 0; round < rounds; ++round) {
      const double a = gain(here), nudge_x = (s[2] - s[0]) / grid_ / 2, nudge_y = (s[3] - s[1]) / grid_ / 2;
      std::array<std::vector<double>, 4> slope;
      for (size_t k = 0; k < 4; ++k) {
        Sides other = s;
        const double nudge = k % 2 == 0 ? nudge_x : nudge_y, towards = k < 2 ? nudge : -nudge;
        other[k] += towards;
        slope[k] = part(other);
        for (size_t i = 0; i < here.size(); ++i) slope[k][i] = a * (slope[k][i] - here[i]) / towards;
      }
      std::array<std::array<double, 5>, 4> system{};
      for (size_t i = 0; i < here.size(); ++i)
        for (size_t k = 0; k < 4; ++k) {
          for (size_t m = 0; m < 4; ++m) system[k][m] += slope[k][i] * slope[m][i];
          system[k][4] += slope[k][i] * (target_[i] - a * here[i]);
        }
      for (size_t k = 0; k < 4; ++k) system[k][k] *= 1.001;
      const Sides step = solve(system);
      bool better = false;
      for (double share = 1; share > 0.1; share /= 2) {
        Sides next = s;
        for (size_t k = 0; k < 4; ++k) next[k] += share * step[k];
        next = clamped(next);
        std::vector<double> there = part(next);
        if (const double e = explained(there); e > best) {
          better = e > best + enough;
          best = e, s = next, here = std::move(there);
          break;
        }
      }
      if (!better) break;
    }
    return s;
  }

 private:
  static Sides solve(std::array<std::array<double, 5>, 4> m) {
    for (size_t k = 0; k < 4; ++k) {
      size_t pivot = k;
      for (size_t r = k + 1; r < 4; ++r)
        if (std::fabs(m[r][k]) > std::fabs(m[pivot][k])) pivot = r;
      std::swap(m[k], m[pivot]);
      if (std::fabs(m[k][k]) < 1e-12) return {};
      for (size_t r = 0; r < 4; ++r) {
        if (r == k) continue;
        const double factor = m[r][k] / m[k][k];
        for (size_t c = k; c < 5; ++c) m[r][c] -= factor * m[k][c];
      }
    }
    return {m[0][4] / m[0][0], m[1][4] / m[1][1], m[2][4] / m[2][2], m[3][4] / m[3][3]};
  }

  const Means& photo_;
  int grid_;
  std::vector<double> target_;
  double total_ = 0;
};

Registered registered(const Part& part, const Sides& s, double explained) {
  const double x = (s[2] - s[0]) / (part.place.right - part.place.left), y = (s[3] - s[1]) / (part.place.bottom - part.place.top);
  const image::Box inner{s[0], s[1], s[2], s[3]};
  return {{s[0] - part.place.left * x, s[1] - part.place.top * y, s[2] + (part.width - part.place.right) * x, s[3] + (part.height - part.place.bottom) * y}, inner, explained};
}

}  // namespace

PhotoMeans means_of_photo(const app::Value& photo) {
  const int width = photo.shape[1], height = photo.shape[0];
  PhotoMeans means;
  std::vector<float> plane(size_t(width) * size_t(height));
  for (size_t c = 0; c < 4; ++c) {
    for (size_t i = 0; i < plane.size(); ++i)
      plane[i] = c > 0 ? photo.bytes[3 * i + c - 1] : image::gray_of(photo.bytes[3 * i], photo.bytes[3 * i + 1], photo.bytes[3 * i + 2]);
    means[c] = Means(width, height, plane);
  }
  return means;
}

std::optional<Part> part_of(const Sight& sight, const Frame& frame, size_t turn) {
  const bool quarter = turn == 2 || turn == 4 || turn == 6 || turn == 7;
  const int width = quarter ? frame.height : frame.width, height = quarter ? frame.width : frame.height;
  const auto channels = static_cast<size_t>(frame.channels);
  std::vector<Plane> planes(channels, Plane(width, height));
  for (size_t i = 0; i < sight.places.size(); ++i) {
    const int pixel = static_cast<int>(sight.places[i] / channels);
    const Point p = before_turn(turn, pixel % frame.width, pixel / frame.width, frame.width, frame.height);
    const double x = sight.numbers[i];
    planes[sight.places[i] % channels].at(p.x, p.y) = std::fabs(x) < kHuge ? static_cast<float>(x) : 0;
  }
  Plane gray = planes[0];
  for (size_t c = 1; c < channels; ++c)
    for (size_t i = 0; i < gray.pixels.size(); ++i) gray.pixels[i] += planes[c].pixels[i];
  const Cut known = known_part(gray);
  if (known.right - known.left < kLeastPart || known.bottom - known.top < kLeastPart) return std::nullopt;
  const Cut cut = without_border(gray, known);
  Part part{{double(cut.left), double(cut.top), double(cut.right), double(cut.bottom)}, width, height, gray.means(cut), {}};
  for (const Plane& plane : planes) part.channels.push_back(plane.means(cut));
  return part;
}

Registered register_roughly(const Means& photo, const Part& part) {
  const Fit fit(photo, part.gray, kRough);
  const double w = photo.width(), h = photo.height(), side = std::min(w, h);
  const Sides starts[] = {
      {0, 0, w, h},
      {(w - side) / 2, (h - side) / 2, (w + side) / 2, (h + side) / 2},
      {w / 4, h / 4, 3 * w / 4, 3 * h / 4},
      {0, 0, 0.85 * w, 0.85 * h},
      {0, 0, side, side},
      {0, 0, w / 2, h / 2},
      {w / 2, h / 2, w, h},
      {w / 2, 0, w, h / 2},
      {0, h / 2, w / 2, h},
  };
  Sides best = starts[0];
  double best_explained = 0;
  if (fit.usable())
    for (const Sides& start : starts) {
      const Sides s = fit.improve(start, 8, 1e-4);
      if (const double e = fit.explained(fit.part(s)); e > best_explained) best_explained = e, best = s;
      if (best_explained > 0.99) break;
    }
  return registered(part, best, best_explained);
}

Registered register_finely(const Means& photo, const Part& part, const Registered& rough) {
  const int finest = std::clamp(std::min(part.gray.width(), part.gray.height()), kLeastPart, kFinest);
  Sides sides{rough.inner.left, rough.inner.top, rough.inner.right, rough.inner.bottom};
  double explained = 0;
  for (int grid : {std::min(24, finest), finest}) {
    const Fit fit(photo, part.gray, grid);
    if (!fit.usable()) break;
    sides = fit.improve(sides, 12, 1e-9);
    explained = fit.explained(fit.part(sides));
  }
  return registered(part, sides, explained);
}

double explained_by(const PhotoMeans& photo, const Part& part, const image::Box& inner, const std::string& order) {
  constexpr int kCells = 16;
  double total = 0, within = 0;
  for (size_t c = 0; c < part.channels.size(); ++c) {
    std::vector<double> seen, colour;
    const Means& channel = part.channels[c];
    channel.cells({0, 0, double(channel.width()), double(channel.height())}, kCells, seen);
    deviations(seen);
    double all = 0;
    for (double d : seen) all += d * d;
    const char name = order[0] == 'g' ? 'l' : order[c];
    if (name == 'a') {
      total += all, within += all;  // alpha never varies
      continue;
    }
    photo[name == 'l' ? 0 : name == 'r' ? 1 : name == 'g' ? 2 : 3].cells(inner, kCells, colour);
    deviations(colour);
    double xx = 0, xy = 0;
    for (size_t i = 0; i < colour.size(); ++i) xx += colour[i] * colour[i], xy += colour[i] * seen[i];
    total += all, within += all - (xx > 0 ? xy * xy / xx : 0);
  }
  return total > 0 ? 1 - within / total : 0;
}

}  // namespace whyzero::recover
