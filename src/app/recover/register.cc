#include "app/recover/register.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "image/geometry.h"
#include "image/resize.h"

namespace whyzero::recover {
namespace {

using Sides = std::array<double, 4>;  // left, top, right, bottom

image::Image8 gray_of_photo(const app::Value& photo) {
  image::Image8 gray(photo.shape[1], photo.shape[0], 1);
  for (size_t i = 0; i < gray.data.size(); ++i) gray.data[i] = image::gray_of(photo.bytes[3 * i], photo.bytes[3 * i + 1], photo.bytes[3 * i + 2]);
  return gray;
}

/// The tensor's picture before its turn, mean of the channels.
std::optional<image::ImageF> gray_of_sight(const Sight& sight, const Frame& frame, size_t turn) {
  const bool quarter = turn == 2 || turn == 4 || turn == 6 || turn == 7;
  image::ImageF gray(quarter ? frame.height : frame.width, quarter ? frame.width : frame.height, 1);
  const auto channels = static_cast<size_t>(frame.channels);
  size_t known = 0;
  for (size_t i = 0; i < sight.places.size(); ++i) {
    if (!std::isfinite(sight.numbers[i])) continue;
    const int pixel = static_cast<int>(sight.places[i] / channels);
    const Point p = before_turn(turn, pixel % frame.width, pixel / frame.width, frame.width, frame.height);
    *gray.at(p.x, p.y) += static_cast<float>(sight.numbers[i] / frame.channels);
    ++known;
  }
  if (known * 10 < frame.elements() * 9) return std::nullopt;
  return gray;
}

/// The photo's part in a small grid against the tensor's picture in the same grid, best brightness and contrast assumed.
class Fit {
 public:
  Fit(const image::Image8& photo, const image::ImageF& picture, int grid) : photo_(photo), grid_(grid) {
    auto small = image::resize(picture, grid, grid, image::Method::kArea, image::Library::kPillow);
    if (small) target_ = std::move(small->data);
    double sum = 0;
    for (float x : target_) sum += static_cast<double>(x);
    for (float x : target_) deviations_.push_back(static_cast<double>(x) - sum / double(target_.size()));
    for (double d : deviations_) total_ += d * d;
  }
  bool usable() const { return total_ > 0; }

  Sides clamped(Sides s) const {
    const double w = photo_.width, h = photo_.height;
    for (size_t side : {0, 1}) {
      const double end = side == 0 ? w : h;
      s[side] = std::clamp(s[side], 0.0, end - 4);
      s[side + 2] = std::clamp(s[side + 2], s[side] + 4, end);
    }
    return s;
  }
  /// The part's deviations from its mean; empty where it cannot be made.
  std::vector<double> part(const Sides& s) const {
    auto small = image::resize(photo_, grid_, grid_, image::Method::kBilinear, image::Library::kPillow, image::Box{s[0], s[1], s[2], s[3]});
    if (!small) return {};
    double sum = 0;
    for (uint8_t x : small->data) sum += x;
    std::vector<double> deviations;
    for (uint8_t x : small->data) deviations.push_back(x - sum / double(small->data.size()));
    return deviations;
  }
  double gain(const std::vector<double>& part) const {
    double xx = 0, xy = 0;
    for (size_t i = 0; i < part.size(); ++i) xx += part[i] * part[i], xy += part[i] * deviations_[i];
    return xx > 0 ? xy / xx : 0;
  }
  double explained(const std::vector<double>& part) const {
    if (part.empty()) return 0;
    const double a = gain(part);
    double left = 0;
    for (size_t i = 0; i < part.size(); ++i) left += (deviations_[i] - a * part[i]) * (deviations_[i] - a * part[i]);
    return 1 - left / total_;
  }

  /// Gauss-Newton over the four sides, by differences; steps that make it worse are halved.
  Sides improve(Sides s, int rounds) const {
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
        if (slope[k].empty()) return s;
        for (size_t i = 0; i < here.size(); ++i) slope[k][i] = a * (slope[k][i] - here[i]) / towards;
      }
      std::array<std::array<double, 5>, 4> system{};
      for (size_t i = 0; i < here.size(); ++i)
        for (size_t k = 0; k < 4; ++k) {
          for (size_t m = 0; m < 4; ++m) system[k][m] += slope[k][i] * slope[m][i];
          system[k][4] += slope[k][i] * (deviations_[i] - a * here[i]);
        }
      for (size_t k = 0; k < 4; ++k) system[k][k] *= 1.001;
      const Sides step = solve(system);
      bool better = false;
      for (double part_of_step = 1; !better && part_of_step > 0.1; part_of_step /= 2) {
        Sides next = s;
        for (size_t k = 0; k < 4; ++k) next[k] += part_of_step * step[k];
        next = clamped(next);
        std::vector<double> there = part(next);
        if (const double e = explained(there); e > best) {
          better = e > best + 1e-9;
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

  const image::Image8& photo_;
  int grid_;
  std::vector<float> target_;
  std::vector<double> deviations_;
  double total_ = 0;
};

}  // namespace

std::optional<Registered> register_box(const app::Value& photo, const Sight& sight, const Frame& frame, size_t turn) {
  if (photo.shape.size() != 3 || photo.shape[2] != 3 || photo.shape[0] < 16 || photo.shape[1] < 16) return std::nullopt;
  const auto picture = gray_of_sight(sight, frame, turn);
  if (!picture) return std::nullopt;
  const image::Image8 gray = gray_of_photo(photo);
  const double w = gray.width, h = gray.height, side = std::min(w, h);
  const int finest = std::clamp(std::min(picture->width, picture->height), 8, 64);
  const Fit coarse(gray, *picture, std::min(16, finest)), middle(gray, *picture, std::min(32, finest)), fine(gray, *picture, finest);
  if (!coarse.usable() || !fine.usable()) return std::nullopt;
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
  double best_explained = -1;
  for (const Sides& start : starts) {
    const Sides s = coarse.improve(start, 12);
    if (const double e = coarse.explained(coarse.part(s)); e > best_explained) best_explained = e, best = s;
  }
  best = fine.improve(middle.improve(best, 8), 12);
  return Registered{{best[0], best[1], best[2], best[3]}, fine.explained(fine.part(best))};
}

}  // namespace whyzero::recover
