#include "app/recover/match.h"

#include <algorithm>
#include <cmath>

namespace whyzero::recover {

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
  ++line.n;
  line.x += pixel;
  line.y += number;
  line.xx += pixel * pixel;
  line.xy += pixel * number;
  line.yy += number * number;
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
    const double sxx = l.xx - l.x * l.x / l.n, sxy = l.xy - l.x * l.y / l.n;
    by_line += std::max(0.0, sxx > 0 ? all - sxy * sxy / sxx : all);
  }
  if (!(total > 0)) return 0;
  return 1 - (bytes_ ? std::min(by_bytes, by_line) : by_line) / total;
}

bool Match::functional() const {
  if (!bytes_) return false;
  return std::all_of(cells_.begin(), cells_.end(), [](const Cell& cell) { return cell.same; });
}

}  // namespace whyzero::recover
