#include "app/recover/numbers.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "app/recover/affine.h"
#include "app/recover/conventions.h"
#include "app/step.h"

namespace whyzero::recover {
namespace {

using nlohmann::json;

/// Pixels on which steps are sought, and how often those that they miss are added.
constexpr size_t kSought = 800;
constexpr int kRounds = 5;

constexpr double kNotSeen = std::numeric_limits<double>::quiet_NaN();

/// Tries steps on the pairs and remembers the best.
class Trial {
 public:
  Trial(const Pairs& pairs, DType dtype, const app::TensorInfo& tensor) : pairs_(pairs), dtype_(dtype), tensor_(tensor) {
    best_.missed = std::numeric_limits<size_t>::max();
    best_.error = std::numeric_limits<double>::infinity();
  }

  /// True where the steps meet every pair; of these the shortest are kept.
  bool meets(const json& steps) {
    app::Value value = pairs_.pixels;
    if (!app::run_steps(value, steps, 0, steps.size(), tensor_) || value.dtype != dtype_ || value.elements() != pairs_.seen.size()) return false;
    Numbers tried{steps, 0, 0};
    size_t count = 0;
    for (size_t i = 0; i < pairs_.seen.size(); ++i) {
      if (std::isnan(pairs_.seen[i])) continue;
      const double x = app::number_at(dtype_, value.bytes.data(), i);
      ++count;
      tried.missed += x != pairs_.seen[i];
      tried.error += std::isfinite(x) ? std::fabs(x - pairs_.seen[i]) : 1e30;
    }
    if (count > 0) tried.error /= static_cast<double>(count);
    if (tried.missed < best_.missed && (tried.missed == 0 || tried.error < best_.error)) best_ = tried;
    else if (tried.missed > 0 && best_.missed > 0 && tried.error < best_.error) best_ = tried;
    return tried.missed == 0;
  }
  const Numbers& best() const { return best_; }

 private:
  const Pairs& pairs_;
  DType dtype_;
  const app::TensorInfo& tensor_;
  Numbers best_;
};

json joined(json a, const json& b) {
  for (const json& step : b) a.push_back(step);
  return a;
}

Numbers sought(const Pairs& pairs, DType dtype, const app::TensorInfo& tensor, const json& believed) {
  Trial trial(pairs, dtype, tensor);
  const int channels = pairs.pixels.shape.back();
  if (!believed.empty() && trial.meets(believed)) return trial.best();
  const std::vector<json> stores = stores_of(dtype, tensor);
  for (const json& convention : usual_numbers(channels))
    for (const json& store : stores)
      if (trial.meets(joined(convention, store))) return trial.best();
  for (const json& first : first_halves())
    for (const json& store : stores)
      for (const json& fitted : fitted_numbers(pairs, first, store, tensor))
        if (trial.meets(joined(joined(first, fitted), store))) return trial.best();
  return trial.best();
}

Pairs rows_of(const Pairs& pairs, const std::vector<size_t>& rows) {
  const auto channels = static_cast<size_t>(pairs.pixels.shape.back());
  const size_t size = channels * dtype_size(pairs.pixels.dtype);
  Pairs some;
  some.pixels.dtype = pairs.pixels.dtype;
  some.pixels.shape = {static_cast<int32_t>(rows.size()), 1, pairs.pixels.shape.back()};
  for (size_t row : rows) {
    some.pixels.bytes.insert(some.pixels.bytes.end(), pairs.pixels.bytes.begin() + static_cast<std::ptrdiff_t>(row * size), pairs.pixels.bytes.begin() + static_cast<std::ptrdiff_t>((row + 1) * size));
    some.seen.insert(some.seen.end(), pairs.seen.begin() + static_cast<std::ptrdiff_t>(row * channels), pairs.seen.begin() + static_cast<std::ptrdiff_t>((row + 1) * channels));
  }
  return some;
}

}  // namespace

Pairs pairs_of(const Match& match, int channels) {
  const auto width = static_cast<size_t>(channels);
  Pairs pairs;
  pairs.pixels.shape = {256, 1, channels};
  pairs.pixels.bytes.resize(256 * width);
  pairs.seen.assign(256 * width, kNotSeen);
  for (size_t v = 0; v < 256; ++v)
    for (size_t c = 0; c < width; ++c) {
      pairs.pixels.bytes[v * width + c] = static_cast<uint8_t>(v);
      if (const Cell& cell = match.cell(c, v); cell.count > 0) pairs.seen[v * width + c] = cell.first;
    }
  return pairs;
}

Pairs pairs_of(const app::Value& picture, const Sight& sight, int channels, std::span<const uint8_t> border) {
  Pairs pairs;
  pairs.pixels.dtype = picture.dtype;
  pairs.pixels.bytes = picture.bytes;
  pairs.seen.assign(picture.elements(), kNotSeen);
  pairs.pixels.shape = {static_cast<int32_t>(pairs.seen.size() / static_cast<size_t>(channels)), 1, channels};
  for (size_t i = 0; i < sight.places.size(); ++i) {
    const size_t place = sight.places[i];
    if (place < pairs.seen.size() && (border.empty() || !border[place])) pairs.seen[place] = sight.numbers[i];
  }
  return pairs;
}

void append(Pairs& pairs, const Pairs& more) {
  if (pairs.seen.empty()) {
    pairs = more;
    return;
  }
  pairs.pixels.shape[0] += more.pixels.shape[0];
  pairs.pixels.bytes.insert(pairs.pixels.bytes.end(), more.pixels.bytes.begin(), more.pixels.bytes.end());
  pairs.seen.insert(pairs.seen.end(), more.seen.begin(), more.seen.end());
}

std::vector<size_t> unmet_rows(const Pairs& pairs, const json& steps, DType dtype, const app::TensorInfo& tensor) {
  app::Value value = pairs.pixels;
  std::vector<size_t> rows;
  if (!app::run_steps(value, steps, 0, steps.size(), tensor) || value.dtype != dtype || value.elements() != pairs.seen.size()) return rows;
  const auto channels = static_cast<size_t>(pairs.pixels.shape.back());
  for (size_t i = 0; i < pairs.seen.size(); ++i)
    if (!std::isnan(pairs.seen[i]) && app::number_at(dtype, value.bytes.data(), i) != pairs.seen[i] && (rows.empty() || rows.back() != i / channels)) rows.push_back(i / channels);
  return rows;
}

Numbers find_numbers(const Pairs& pairs, DType dtype, const app::TensorInfo& tensor, const json& believed) {
  const auto rows = static_cast<size_t>(pairs.pixels.shape[0]);
  const size_t step = rows / kSought + 1;
  std::vector<size_t> chosen;
  for (size_t row = 0; row < rows; row += step) chosen.push_back(row);
  Numbers found;
  for (int round = 0; round < kRounds; ++round) {
    found = sought(rows_of(pairs, chosen), dtype, tensor, believed);
    if (step == 1 || found.missed > 0) return found;
    // Steps that are nearly the same part at few pixels: those are asked next.
    std::vector<size_t> unmet = unmet_rows(pairs, found.steps, dtype, tensor);
    if (unmet.empty()) return found;
    if (unmet.size() > kSought) unmet.resize(kSought);
    chosen.insert(chosen.end(), unmet.begin(), unmet.end());
  }
  found.missed = std::max<size_t>(found.missed, 1);
  return found;
}

}  // namespace whyzero::recover
