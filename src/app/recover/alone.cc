#include "app/recover/alone.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "app/recover/affine.h"
#include "app/recover/cast_trace.h"
#include "app/recover/stride.h"

namespace whyzero::recover {
namespace {

using nlohmann::json;

/// Roughness from which on a picture is none.
constexpr double kNoise = 0.8;

/// Mean step between neighbours against the mean step between places far apart, by median: near 0 for photos, 1 for noise.
double roughness(const Reading& reading, std::span<const std::vector<uint8_t>> memories, const Frame& frame) {
  const auto channels = size_t(frame.channels), row = size_t(frame.width) * channels;
  std::vector<double> near, far;
  for (const auto& memory : memories) {
    const std::vector<double> p = numbers_by_place(reading, memory, frame);
    const size_t half = p.size() / 2 / channels * channels + row / 2 / channels * channels;
    for (size_t i = 0; i + row + channels < p.size(); i += 7) {
      if (i % row + channels < row && std::isfinite(p[i]) && std::isfinite(p[i + channels])) near.push_back(std::fabs(p[i] - p[i + channels]));
      if (std::isfinite(p[i]) && std::isfinite(p[i + row])) near.push_back(std::fabs(p[i] - p[i + row]));
      if (const double other = p[(i + half) % p.size()]; std::isfinite(p[i]) && std::isfinite(other)) far.push_back(std::fabs(p[i] - other));
    }
  }
  const auto mean = [](const std::vector<double>& list) {
    double sum = 0;
    for (double x : list) sum += x;
    return list.empty() ? 0 : sum / double(list.size());
  };
  return far.empty() || mean(far) == 0 ? 1 : mean(near) / mean(far);
}

/// Gaps that all memories have, and more of them than chance makes.
bool gaps_everywhere(const Reading& reading, std::span<const std::vector<uint8_t>> memories, const Frame& frame) {
  constexpr size_t kLeastMemories = 2;
  if (memories.size() < kLeastMemories) return false;
  return std::all_of(memories.begin(), memories.end(), [&](const auto& memory) {
    const Strides strides = find_strides(native_bytes(reading, memory), reading.dtype, frame);
    const auto& list = reading.early_stride > 0 ? strides.early : strides.late;
    return std::find(list.begin(), list.end(), reading.early_stride > 0 ? reading.early_stride : reading.late_stride) != list.end();
  });
}

/// How much smoother than the plain one another reading must be. Gaps between rows need not: a few bytes a row only slant a picture. The
/// two bytes of pixels that fill 16 bits are nearly alike. Bytes of another type are noise when read as they are.
double share_of_roughness(const Reading& reading, std::span<const std::vector<uint8_t>> memories, const app::TensorInfo& tensor, const Frame& frame, double plain) {
  const bool own = reading.dtype == tensor.dtype, gaps = reading.early_stride > 0 || reading.late_stride > 0;
  if (own && !reading.big_endian && gaps && gaps_everywhere(reading, memories, frame)) return 1;
  if (own && reading.big_endian && dtype_is_integer(reading.dtype) && dtype_size(reading.dtype) == 2) return 0.85;
  return own || plain > kNoise ? 0.7 : 0;
}

/// The lattice that a channel's values lie on: at most 256 of them, a whole number of steps apart.
struct Lattice {
  double step = 0, least = 0, most = 0;
  size_t values = 0;
};

std::optional<Lattice> lattice_of(const Reading& reading, std::span<const std::vector<uint8_t>> memories, const Frame& frame, size_t channel) {
  std::set<double> values;
  for (const auto& memory : memories) {
    const Sight sight = look(reading, memory, frame);
    for (size_t i = 0; i < sight.places.size() && values.size() <= 256; ++i)
      if (sight.places[i] % size_t(frame.channels) == channel && std::isfinite(sight.numbers[i])) values.insert(sight.numbers[i]);
  }
  if (values.size() < 16 || values.size() > 256) return std::nullopt;
  const double least = *values.begin(), most = *values.rbegin();
  double step = most - least;
  for (auto it = values.begin(), next = std::next(it); next != values.end(); ++it, ++next) step = std::min(step, *next - *it);
  // All values together say the step better than two neighbours do.
  const double steps = std::round((most - least) / step);
  if (steps > 255) return std::nullopt;
  step = (most - least) / steps;
  for (double v : values)
    if (const double k = (v - least) / step; std::fabs(k - std::round(k)) > 0.01) return std::nullopt;
  return Lattice{step, least, most, values.size()};
}

void add_lattice(const Reading& reading, std::span<const std::vector<uint8_t>> memories, const Frame& frame, Recovery& recovery) {
  if (!dtype_is_float(reading.dtype)) return;
  std::string text;
  for (size_t c = 0; c < size_t(frame.channels); ++c) {
    const auto lattice = lattice_of(reading, memories, frame, c);
    if (!lattice) return;
    // 1/127.5 and the like are known by their inverse.
    const std::vector<double> plain = plain_numbers(1 / lattice->step, 1e-5 / lattice->step);
    text += fmt::format("{}channel {}: {} values from {:.5g} to {:.5g}, 1/{:.7g} apart", c ? "; " : "", c, lattice->values, lattice->least, lattice->most,
                        plain.front());
  }
  recovery.facts.push_back({"", "the numbers stand on a lattice, as bytes do that were scaled: " + text, 1});
}

/// Some values that occur; all of them where they are few.
std::set<double> values_of(const Reading& reading, std::span<const std::vector<uint8_t>> memories, const Frame& frame) {
  constexpr size_t kFew = 8;
  std::set<double> values;
  for (const auto& memory : memories)
    for (double x : look(reading, memory, frame).numbers)
      if (values.size() < kFew && std::isfinite(x)) values.insert(x);
  return values;
}

void add_range(const Reading& reading, std::span<const std::vector<uint8_t>> memories, const app::TensorInfo& tensor, const Frame& frame, Recovery& recovery) {
  double least = 1e300, most = -1e300, not_finite = 0, count = 0;
  const std::set<double> values = values_of(reading, memories, frame);
  for (const auto& memory : memories) {
    const Sight sight = look(reading, memory, frame);
    for (double x : sight.numbers) {
      ++count;
      if (!std::isfinite(x)) {
        ++not_finite;
        continue;
      }
      least = std::min(least, x), most = std::max(most, x);
    }
  }
  if (count == 0) return;
  recovery.facts.push_back({"", fmt::format("{} from {:.6g} to {:.6g}{}", dtype_name(reading.dtype), least, most,
                                            not_finite > 0 ? fmt::format(", {:.1f} % not finite", 100 * not_finite / count) : ""), 1});
  if (shows_cast(values, reading.dtype, tensor))
    recovery.facts.push_back({"P004", fmt::format("the integers have only {} values ({:g} to {:g}): real numbers were cast without scale and zero point", values.size(), least, most), 0.9});
}

}  // namespace

void look_at_tensors(std::span<const std::vector<uint8_t>> memories, const app::TensorInfo& tensor, const Frame& frame, Recovery& recovery) {
  if (memories.empty()) return;
  const std::vector<Reading> readings = plausible_readings(memories, tensor, frame);
  std::vector<double> rough;
  for (const Reading& reading : readings) rough.push_back(roughness(reading, memories, frame));
  size_t best = 0;
  // Three values make no picture that could be smooth or not.
  const bool cast = shows_cast(values_of(readings[0], memories, frame), readings[0].dtype, tensor);
  for (size_t i = 1; i < readings.size() && !cast; ++i)
    if (rough[i] < share_of_roughness(readings[i], memories, tensor, frame, rough[0]) * rough[best]) best = i;
  const Reading& reading = readings[best];
  const bool unlike = reading.dtype != tensor.dtype;
  if (unlike)
    recovery.facts.push_back({"P006", fmt::format("the memory is a picture when its bytes are read as {}, not as {}: bytes of one type were copied into a tensor of another",
                                                  dtype_name(reading.dtype), dtype_name(tensor.dtype)), 0.97});
  if (reading.big_endian)
    recovery.facts.push_back({"P020", fmt::format("the numbers are a picture when the bytes of each {} are reversed: they were written big-endian", dtype_name(reading.dtype)), 0.97});
  if (reading.channels_first != frame.channels_first)
    recovery.facts.push_back({"P007", fmt::format("the memory is a smooth picture when read channels {}, not channels {} as the tensor is", reading.channels_first ? "first" : "last",
                                                  frame.channels_first ? "first" : "last"), 0.97});
  if (reading.early_stride > 0 || reading.late_stride > 0) {
    const size_t units = reading.early_stride ? reading.early_stride : reading.late_stride / dtype_size(reading.dtype);
    recovery.facts.push_back({"P012", fmt::format("after every {} numbers of a row stand {} that are the same in all rows: rows {} numbers apart were copied as if they were tight",
                                                  frame.width * frame.channels, units - size_t(frame.width * frame.channels), units), 0.99});
  }
  add_range(reading, memories, tensor, frame, recovery);
  add_lattice(reading, memories, frame, recovery);
  for (const json& part : {reading.before_numbers(), reading.after_numbers(tensor)})
    for (const json& step : part) recovery.fragment.push_back(step);
}

}  // namespace whyzero::recover
