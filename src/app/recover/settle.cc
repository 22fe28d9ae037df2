#include "app/recover/settle.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "app/edit.h"
#include "app/step.h"

namespace whyzero::recover {
namespace {

using app::StepRole;
using nlohmann::json;

/// Real numbers that a line explains but for this are the same picture: TensorFlow's own results differ by some 1e-6 of their deviation.
constexpr double kSameReal = 1e-9;
/// Rounding to integers leaves 1/sqrt(12) = 0.289 on the mean; another resizer is off by whole steps.
constexpr double kSameRounded = 0.36;
/// Integers of a few values are never off by whole steps: a line must explain this much of them besides.
constexpr double kExplains = 0.5;

const app::Value& photo_of(const Exhibit& exhibit, const Look& look) {
  return look.decoder == "tensorflow" && !exhibit.photo_tensorflow.bytes.empty() ? exhibit.photo_tensorflow : exhibit.photo;
}

/// What the zero bytes between rows became, where arithmetic has moved them: a pixel more of every channel that the gap has.
void append_gap(Pairs& pairs, const Candidate& candidate, const Evidence& evidence) {
  const Reading& reading = candidate.reading;
  const auto channels = size_t(evidence.input.frame.channels), row = size_t(evidence.input.frame.width) * channels, size = dtype_size(reading.dtype);
  if (reading.early_stride <= row || evidence.exhibits.empty()) return;
  const std::vector<uint8_t> bytes = native_bytes(reading, evidence.input.exhibits[evidence.exhibits.front()].memory);
  Pairs gap;
  gap.pixels.dtype = pairs.pixels.dtype;
  gap.pixels.shape = {1, 1, evidence.input.frame.channels};
  gap.pixels.bytes.resize(channels * dtype_size(pairs.pixels.dtype));
  gap.seen.assign(channels, std::numeric_limits<double>::quiet_NaN());
  for (size_t c = 0; c < std::min(channels, reading.early_stride - row) && (row + c + 1) * size <= bytes.size(); ++c) gap.seen[c] = app::number_at(reading.dtype, bytes.data(), row + c);
  // Zeros may as well have come after the arithmetic.
  if (std::all_of(gap.seen.begin(), gap.seen.end(), [](double x) { return std::isnan(x) || x == 0; })) return;
  append(pairs, gap);
}

/// The match once more, for the table of values; else all pixels.
Numbers numbers_of(const Candidate& candidate, const Evidence& evidence) {
  const Sights& sights = evidence.sights[candidate.sights];
  const int channels = evidence.input.frame.channels;
  Match match(channels);
  Pairs pairs;
  for (size_t e : evidence.exhibits) {
    const app::Value& photo = photo_of(evidence.input.exhibits[e], candidate.look);
    const auto picture = picture_of(photo, candidate.look, evidence.input.tensor);
    if (!picture) return {};
    if (candidate.functional) {
      match.add(*picture, sights.by_exhibit[e], 1, border_of(photo, candidate.look, evidence.input.tensor));
    } else {
      append(pairs, pairs_of(*picture, sights.by_exhibit[e], channels, border_of(photo, candidate.look, evidence.input.tensor)));
    }
  }
  if (candidate.functional) pairs = pairs_of(match, channels);
  append_gap(pairs, candidate, evidence);
  return find_numbers(pairs, candidate.reading.dtype, evidence.input.tensor, app::steps_of(evidence.input.believed, {StepRole::kRange, StepRole::kStore}));
}

/// The pixel that a letterbox's border must have been to become what stands there.
void find_fill(Candidate& candidate, const Evidence& evidence) {
  if (!candidate.look.letterboxed()) return;
  for (size_t e : evidence.exhibits) {
    const app::Value& photo = photo_of(evidence.input.exhibits[e], candidate.look);
    const std::vector<uint8_t> border = border_of(photo, candidate.look, evidence.input.tensor);
    const Sight& sight = evidence.sights[candidate.sights].by_exhibit[e];
    const auto channels = static_cast<size_t>(evidence.input.frame.channels);
    for (size_t i = 0; i < sight.places.size(); ++i) {
      if (sight.places[i] >= border.size() || !border[sight.places[i]]) continue;
      app::Value ramp;
      ramp.shape = {256, 1, evidence.input.frame.channels};
      for (size_t v = 0; v < 256 * channels; ++v) ramp.bytes.push_back(static_cast<uint8_t>(v / channels));
      if (!app::run_steps(ramp, candidate.numbers.steps, 0, candidate.numbers.steps.size(), evidence.input.tensor)) return;
      double nearest = std::numeric_limits<double>::infinity();
      int fill = 0;
      for (int v = 0; v < 256; ++v) {
        const double distance = std::fabs(app::number_at(ramp.dtype, ramp.bytes.data(), size_t(v) * channels + sight.places[i] % channels) - sight.numbers[i]);
        if (distance < nearest) nearest = distance, fill = v;
      }
      for (json& step : candidate.look.geometry)
        if (step.contains("letterbox")) step["letterbox"]["fill"] = fill;
      return;
    }
  }
}

/// Gaps between rows came before the arithmetic where they hold what becomes of zero, else after it.
void place_stride(Candidate& candidate, const Evidence& evidence) {
  Reading& reading = candidate.reading;
  if (reading.early_stride == 0 || evidence.exhibits.empty()) return;
  const bool real = gives_real(candidate.look);
  const double gap = gap_number(reading, evidence.input.exhibits[evidence.exhibits.front()].memory, evidence.input.frame);
  app::Value zero;
  zero.shape = {1, 1, evidence.input.frame.channels};
  zero.bytes.resize(size_t(evidence.input.frame.channels));
  const json& steps = candidate.numbers.steps;
  const bool early = app::run_steps(zero, steps, 0, steps.size(), evidence.input.tensor) &&
                     app::number_at(zero.dtype, zero.bytes.data(), (size_t(evidence.input.frame.width) * size_t(evidence.input.frame.channels)) % zero.elements()) == gap;
  if (early && real) reading.early_size = sizeof(float);
  if (!early || (real && gap == 0)) {
    reading.late_stride = reading.early_stride * dtype_size(reading.dtype);
    reading.early_stride = 0;
  }
}

}  // namespace

uint64_t compare(Candidate& candidate, const Evidence& evidence, size_t enough) {
  const Sights& sights = evidence.sights[candidate.sights];
  Match match(evidence.input.frame.channels, sights.reading.dtype);
  candidate.explained = -1;
  candidate.alike = candidate.functional = false;
  size_t numbers = 0;
  uint64_t pixels = 0;
  bool real = false;
  for (size_t e : evidence.exhibits) {
    if (numbers >= enough) break;
    numbers += sights.by_exhibit[e].numbers.size();
    pixels += evidence.input.exhibits[e].photo.elements() / 3 + 2 * evidence.input.frame.elements();
    const app::Value& photo = photo_of(evidence.input.exhibits[e], candidate.look);
    const auto picture = picture_of(photo, candidate.look, evidence.input.tensor);
    if (!picture || picture->elements() != evidence.input.frame.elements()) return pixels;
    if (picture->dtype != DType::kUInt8 && picture->dtype != DType::kFloat32) return pixels;
    real = picture->dtype == DType::kFloat32;
    if (!match.add(*picture, sights.by_exhibit[e], 1, border_of(photo, candidate.look, evidence.input.tensor))) return pixels;
  }
  candidate.explained = match.explained();
  candidate.functional = match.functional();
  candidate.alike = candidate.functional || candidate.explained > 1 - kSameReal ||
                    (real && dtype_is_integer(sights.reading.dtype) && match.off_line() < kSameRounded && candidate.explained > kExplains);
  return pixels;
}

bool settle(Candidate& candidate, const Evidence& evidence) {
  candidate.numbers = numbers_of(candidate, evidence);
  find_fill(candidate, evidence);
  place_stride(candidate, evidence);
  return candidate.numbers.missed == 0;
}

}  // namespace whyzero::recover
