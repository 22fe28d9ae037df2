#include "app/recover/affine.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "app/step.h"

namespace whyzero::recover {
namespace {

using nlohmann::json;

/// A straight line through one channel's pairs: number = slope · pixel + start.
struct Line {
  bool known = false;
  double slope = 0, start = 0;
  double slope_tolerance = 0, start_tolerance = 0;
  double at_zero = std::numeric_limits<double>::quiet_NaN();  // the number that pixel 0 became, where seen
};

/// The real number that was stored as x, or NaN where x may stand for many (the ends of the type, zero of a truncation).
double stored_number(double x, DType dtype, const json& store, const app::TensorInfo& tensor, double& noise) {
  const bool integer = dtype_is_integer(dtype);
  noise = 0;
  if (!integer) return x;
  double low = 0, high = 255;
  if (dtype == DType::kInt8) low = -128, high = 127;
  else if (dtype == DType::kInt16) low = -32768, high = 32767;
  else if (dtype != DType::kUInt8) low = -2147483648.0, high = 2147483647.0;
  if (x <= low || x >= high) return std::numeric_limits<double>::quiet_NaN();
  const bool affine = !store.empty() && store[0].contains("quantize") && store[0]["quantize"] == "affine";
  const bool quantized = !store.empty() && store[0].contains("quantize");
  if (!affine) {
    if (x == 0) return std::numeric_limits<double>::quiet_NaN();
    x += x > 0 ? 0.5 : -0.5;
  }
  const double scale = quantized ? static_cast<double>(tensor.scale) : 1;
  noise = scale / 2;
  return quantized ? (x - tensor.zero_point) * scale : x;
}

Line line_of(const app::Value& pixels, const std::vector<double>& seen, size_t channel, DType dtype, const json& store, const app::TensorInfo& tensor) {
  const auto channels = static_cast<size_t>(pixels.shape.back());
  double n = 0, x = 0, y = 0, xx = 0, xy = 0, low = 1e300, high = -1e300, size = 0, noise = 0;
  Line line;
  for (size_t i = channel; i < seen.size(); i += channels) {
    if (std::isnan(seen[i])) continue;
    const double pixel = app::number_at(pixels.dtype, pixels.bytes.data(), i), number = stored_number(seen[i], dtype, store, tensor, noise);
    if (!std::isfinite(number)) continue;
    if (pixel == 0) line.at_zero = number;
    ++n;
    x += pixel, y += number, xx += pixel * pixel, xy += pixel * number;
    low = std::min(low, pixel), high = std::max(high, pixel), size = std::max(size, std::fabs(number));
  }
  const double sxx = n > 0 ? xx - x * x / n : 0;
  if (n < (noise > 0 ? 3 : 2) || !(high > low) || !(sxx > 0)) return line;
  line.known = true;
  line.slope = (xy - x * y / n) / sxx;
  line.start = (y - line.slope * x) / n;
  // Float arithmetic leaves about an ulp; a rounded store half a step a pair.
  const double error = noise > 0 ? noise * 4 / std::sqrt(n) : size * 1e-6;
  line.slope_tolerance = error * 2 / (high - low);
  line.start_tolerance = error * (1 + std::max(std::fabs(low), std::fabs(high)) / (high - low));
  return line;
}

bool add_plain(std::vector<double>& list, double candidate, double x, double tolerance) {
  if (!(std::fabs(candidate - x) <= tolerance) || std::find(list.begin(), list.end(), candidate) != list.end()) return false;
  list.push_back(candidate);
  return true;
}

/// Pairs of parameters in the order of how plain they are together.
template <class Make>
void add_pairs(std::vector<json>& list, const std::vector<double>& first, const std::vector<double>& second, size_t limit, Make make) {
  for (size_t sum = 0; sum < first.size() + second.size() && list.size() < limit; ++sum)
    for (size_t i = 0; i <= sum && i < first.size(); ++i)
      if (sum - i < second.size()) list.push_back(make(first[i], second[sum - i]));
}

std::vector<double> neighbours(double x, int ulps) {
  std::vector<double> list;
  const auto centre = static_cast<float>(x);
  float up = centre, down = centre;
  list.push_back(static_cast<double>(centre));
  for (int i = 0; i < ulps; ++i) {
    up = std::nextafter(up, std::numeric_limits<float>::infinity());
    down = std::nextafter(down, -std::numeric_limits<float>::infinity());
    list.push_back(static_cast<double>(up));
    list.push_back(static_cast<double>(down));
  }
  return list;
}

json scale_offset(json scale, json offset) { return json::array({{{"normalize", {{"scale", std::move(scale)}, {"offset", std::move(offset)}}}}}); }
json mean_deviation(json mean, json deviation) { return json::array({{{"normalize", {{"mean", std::move(mean)}, {"std", std::move(deviation)}}}}}); }

/// What could be one channel's normalization, the plainest first.
std::vector<json> of_channel(const Line& line, bool real) {
  std::vector<json> list;
  std::vector<double> offsets = plain_numbers(line.start, line.start_tolerance);
  if (real && std::isfinite(line.at_zero)) offsets = {line.at_zero};
  const std::vector<double> scales = plain_numbers(line.slope, line.slope_tolerance);
  add_pairs(list, scales, offsets, 60, [](double s, double o) { return scale_offset(s, o); });
  if (line.slope != 0) {
    const double deviation = 1 / line.slope, tolerance = line.slope_tolerance * deviation * deviation;
    const double mean = -line.start * deviation, mean_tolerance = std::fabs(line.start_tolerance * deviation) + std::fabs(mean) * tolerance / std::fabs(deviation);
    std::vector<json> by_mean;
    add_pairs(by_mean, plain_numbers(mean, mean_tolerance), plain_numbers(deviation, tolerance), 60, [](double m, double d) { return mean_deviation(m, d); });
    list.insert(list.begin() + static_cast<std::ptrdiff_t>(std::min<size_t>(list.size(), 6)), by_mean.begin(), by_mean.end());
  }
  if (real) {
    std::vector<json> close;
    add_pairs(close, neighbours(line.slope, 10), std::isfinite(line.at_zero) ? offsets : neighbours(line.start, 10), 400, [](double s, double o) { return scale_offset(s, o); });
    list.insert(list.end(), close.begin(), close.end());
  }
  return list;
}

size_t missed(const app::Value& pixels, const std::vector<double>& seen, const json& steps, DType dtype, const app::TensorInfo& tensor) {
  app::Value value = pixels;
  if (!app::run_steps(value, steps, 0, steps.size(), tensor) || value.dtype != dtype) return seen.size();
  size_t count = 0;
  for (size_t i = 0; i < seen.size(); ++i) count += !std::isnan(seen[i]) && app::number_at(dtype, value.bytes.data(), i) != seen[i];
  return count;
}

/// One channel of the pixels as pixels of one channel.
app::Value plane_of(const app::Value& pixels, size_t channel) {
  const auto channels = static_cast<size_t>(pixels.shape.back());
  const size_t size = dtype_size(pixels.dtype);
  app::Value plane;
  plane.dtype = pixels.dtype;
  plane.shape = {pixels.shape[0], 1, 1};
  for (size_t i = channel * size; i < pixels.bytes.size(); i += channels * size)
    plane.bytes.insert(plane.bytes.end(), pixels.bytes.begin() + static_cast<std::ptrdiff_t>(i), pixels.bytes.begin() + static_cast<std::ptrdiff_t>(i + size));
  return plane;
}

/// What gives a channel of one pixel only, as alpha, the number that it has.
std::vector<json> of_constant(const app::Value& plane, const std::vector<double>& seen) {
  std::vector<json> list;
  for (size_t i = 0; i < seen.size() && list.empty(); ++i) {
    if (!std::isfinite(seen[i])) continue;
    const auto number = static_cast<float>(seen[i]), pixel = static_cast<float>(app::number_at(plane.dtype, plane.bytes.data(), i));
    for (float mean : {0.0f, 254.0f, 128.0f, 100.0f, 64.0f})
      for (double deviation : neighbours(static_cast<double>((pixel - mean) / number), 3))
        if (number != 0 && (pixel - mean) / static_cast<float>(deviation) == number) list.push_back(mean_deviation(static_cast<double>(mean), deviation));
    if (number == 0) list.push_back(mean_deviation(static_cast<double>(pixel), 1));
    list.push_back(scale_offset(0, static_cast<double>(number)));
  }
  return list;
}

/// The channels' own normalizations as one step with a number a channel; nothing where they are of different kinds.
json combined(const std::vector<json>& by_channel) {
  json step = json::object();
  for (const json& one : by_channel)
    for (const auto& [key, value] : one[0]["normalize"].items()) step[key].push_back(value);
  for (const auto& [key, list] : step.items())
    if (list.size() != by_channel.size()) return json();
  return json::array({{{"normalize", step}}});
}

json with_steps(json a, const json& b) {
  for (const json& step : b) a.push_back(step);
  return a;
}

}  // namespace

std::vector<double> plain_numbers(double x, double tolerance) {
  std::vector<double> list;
  double unit = 1;
  for (int digits = 0; digits <= 3; ++digits, unit *= 10) add_plain(list, std::round(x * unit) / unit, x, tolerance);
  for (double k : {127.5, 255.0, 128.0, 256.0, 127.0})
    add_plain(list, std::copysign(1 / k, x), x, tolerance);
  if (x != 0) add_plain(list, 2 / std::round(2 / x), x, tolerance);
  for (; unit <= 1e8; unit *= 10) add_plain(list, std::round(x * unit) / unit, x, tolerance);
  for (double thousand : {1.0, 10.0, 100.0, 1000.0}) add_plain(list, std::round(x * 255 * thousand) / (255 * thousand), x, tolerance);
  add_plain(list, x, x, tolerance);
  if (list.size() > 12) list.resize(12);
  return list;
}

std::vector<json> fitted_numbers(const Pairs& pairs, const json& first, const json& store, const app::TensorInfo& tensor) {
  app::Value before = pairs.pixels, after = pairs.pixels;
  if (!app::run_steps(before, first, 0, first.size(), tensor)) return {};
  const json whole = with_steps(scale_offset(1, 0), store);
  if (!app::run_steps(after, whole, 0, whole.size(), tensor)) return {};
  const DType dtype = after.dtype;
  const auto channels = static_cast<size_t>(pairs.pixels.shape.back());
  std::vector<json> result, own;
  std::vector<std::vector<json>> by_channel(channels);
  for (size_t c = 0; c < channels; ++c) {
    const Line line = line_of(before, pairs.seen, c, dtype, store, tensor);
    const app::Value plane = plane_of(before, c);
    std::vector<double> seen;
    for (size_t i = c; i < pairs.seen.size(); i += channels) seen.push_back(pairs.seen[i]);
    if (!line.known) {
      if (!dtype_is_integer(dtype)) by_channel[c] = of_constant(plane, seen);
      continue;
    }
    const std::vector<json> candidates = of_channel(line, !dtype_is_integer(dtype));
    if (candidates.empty()) return {};
    size_t least = seen.size() + 1;
    json nearest;
    for (const json& candidate : candidates) {
      const size_t count = missed(plane, seen, with_steps(candidate, store), dtype, tensor);
      if (count == 0) by_channel[c].push_back(candidate);
      if (count < least) least = count, nearest = candidate;
      if (by_channel[c].size() >= 8) break;
    }
    if (by_channel[c].empty()) by_channel[c].push_back(nearest);
    if (own.empty()) own = by_channel[c];
    for (const json& one : by_channel[c]) result.push_back(one);  // one for all channels, if it meets them
  }
  if (own.empty()) return {};
  if (channels > 1)
    for (const char* kind : {"scale", "mean"}) {
      std::vector<json> chosen;
      for (const auto& list : by_channel) {
        const std::vector<json>& from = list.empty() ? own : list;  // a channel that never varies, as alpha, goes with the others
        const auto it = std::find_if(from.begin(), from.end(), [&](const json& one) { return one[0]["normalize"].contains(kind); });
        if (it != from.end()) chosen.push_back(*it);
      }
      if (chosen.size() == channels)
        if (json step = combined(chosen); !step.is_null()) result.push_back(std::move(step));
    }
  return result;
}

}  // namespace whyzero::recover
