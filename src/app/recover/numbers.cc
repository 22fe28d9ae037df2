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

Pairs pairs_of(const app::Value& picture, const Sight& sight, int channels, size_t limit) {
  const auto width = static_cast<size_t>(channels);
  std::vector<double> by_place(picture.elements(), kNotSeen);
  for (size_t i = 0; i < sight.places.size(); ++i)
    if (sight.places[i] < by_place.size()) by_place[sight.places[i]] = sight.numbers[i];
  const size_t count = by_place.size() / width, step = std::max<size_t>(1, count / limit), size = width * dtype_size(picture.dtype);
  Pairs pairs;
  pairs.pixels.dtype = picture.dtype;
  for (size_t p = 0; p < count; p += step) {
    pairs.pixels.bytes.insert(pairs.pixels.bytes.end(), picture.bytes.begin() + static_cast<std::ptrdiff_t>(p * size), picture.bytes.begin() + static_cast<std::ptrdiff_t>((p + 1) * size));
    pairs.seen.insert(pairs.seen.end(), by_place.begin() + static_cast<std::ptrdiff_t>(p * width), by_place.begin() + static_cast<std::ptrdiff_t>((p + 1) * width));
  }
  pairs.pixels.shape = {static_cast<int32_t>(pairs.seen.size() / width), 1, channels};
  return pairs;
}

Numbers find_numbers(const Pairs& pairs, DType dtype, const app::TensorInfo& tensor, const json& believed) {
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

}  // namespace whyzero::recover
