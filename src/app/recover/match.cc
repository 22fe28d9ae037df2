#include "app/recover/match.h"

#include <algorithm>
#include <cmath>

namespace whyzero::recover {

Match::Match(int channels, DType dtype)
    : channels_(static_cast<size_t>(channels)), cells_(channels_ * 256), low_(-HUGE_VAL), high_(HUGE_VAL), lines_(channels_), inside_(channels_) {
  if (dtype == DType::kUInt8) low_ = 0, high_ = 255;
  if (dtype == DType::kInt8) low_ = -128, high_ = 127;
  if (dtype == DType::kInt16) low_ = -32768, high_ = 32767;
}

void Match::add_pair(size_t channel, double pixel, double number) {
  const auto bin = static_cast<size_t>(std::clamp(pixel, 0.0, 255.0));
  Cell& cell = cells_[channel * 256 + bin];
  if (cell.count == 0) cell.first = number;
  cell.same = cell.same && cell.first == number;
  if (!std::isfinite(number)) return;
  ++cell.count;
  cell.sum += number;
  cell.squares += number * number;
  Line& line = lines_[channel];
  Line& inside = inside_[channel];
  if (number > low_ && number < high_) inside.add(pixel, number);
  line.add(pixel, number);
}

bool Match::add(const app::Value& picture, const Sight& sight, size_t step, std::span<const uint8_t> border) {
  const size_t elements = picture.elements();
  const bool bytes = picture.dtype == DType::kUInt8;
  bytes_ = bytes_ && bytes;
  for (size_t i = 0; i < sight.places.size(); i += step) {
    const size_t place = sight.places[i];
    if (place >= elements) return false;
    if (!border.empty() && border[place]) continue;
    const double pixel = bytes ? picture.bytes[place] : static_cast<double>(picture.as<float>()[place]);
    add_pair(place % channels_, pixel, sight.numbers[i]);
  }
  return true;
}

double Match::explained() const {
  double total = 0, by_bytes = 0, by_line = 0;
  for (size_t c = 0; c < channels_; ++c) {
    const Line& l = lines_[c];
    if (l.n == 0) continue;
    const double all = l.yy - l.y * l.y / l.n;
    total += all;
    double within = 0;
    for (size_t v = 0; v < 256; ++v) {
      const Cell& one = cell(c, v);
      if (one.count > 0) within += std::max(0.0, one.squares - one.sum * one.sum / one.count);
    }
    by_bytes += within;
    by_line += l.rest();
  }
  if (!(total > 0)) return 0;
  return 1 - std::min(by_bytes, by_line) / total;
}

double Match::off_line() const {
  double worst = 0;
  for (size_t c = 0; c < channels_; ++c) {
    // Too few between the ends meet any line.
    if (inside_[c].n * 5 < lines_[c].n) return HUGE_VAL;
    if (inside_[c].n > 0) worst = std::max(worst, std::sqrt(inside_[c].rest() / inside_[c].n));
  }
  return worst;
}

bool Match::functional() const {
  if (!bytes_) return false;
  return std::all_of(cells_.begin(), cells_.end(), [](const Cell& cell) { return cell.same; });
}

}  // namespace whyzero::recover
