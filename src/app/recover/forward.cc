#include "app/recover/forward.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "app/recover/conventions.h"
#include "app/step.h"
#include "base/parallel.h"
#include "image/geometry.h"

namespace whyzero::recover {
namespace {

using nlohmann::json;

/// Photos' pixels that are made into pictures, and candidates that are handed on.
constexpr uint64_t kMostPixels = uint64_t{300} << 20;
constexpr size_t kMostFound = 8;
/// Of a level, that real numbers may be off.
constexpr double kRealStep = 0.1;
/// Pixels that are looked at: with numbers between the ends of the type, and any.
constexpr size_t kTelling = 16, kAny = 24, kLeastTelling = 8;

/// number = store(slope · pixel + start), channel by channel.
struct Arithmetic {
  std::vector<double> slope, start;
  bool real = false;   // stored as it is
  bool wraps = false;  // a truncation; otherwise rounded and held at the ends
  double scale = 1, zero_point = 0;
};

std::vector<double> numbers_of(const json& steps, int channels, uint8_t pixel) {
  app::Value value;
  value.shape = {1, 1, channels};
  value.bytes.assign(size_t(channels), pixel);
  std::vector<double> numbers;
  if (!app::run_steps(value, steps, 0, steps.size(), {})) return numbers;
  for (size_t c = 0; c < size_t(channels); ++c) numbers.push_back(app::number_at(value.dtype, value.bytes.data(), c));
  return numbers;
}

std::vector<Arithmetic> all_arithmetic(DType dtype, const app::TensorInfo& tensor, int channels) {
  std::vector<Arithmetic> list;
  for (const json& numbers : usual_numbers(channels)) {
    const auto low = numbers_of(numbers, channels, 0), high = numbers_of(numbers, channels, 255);
    if (low.empty() || high.empty()) continue;
    for (const json& store : stores_of(dtype, tensor)) {
      Arithmetic one;
      for (size_t c = 0; c < low.size(); ++c) {
        one.start.push_back(low[c]);
        one.slope.push_back((high[c] - low[c]) / 255);
      }
      const bool quantizes = !store.empty() && store[0].contains("quantize");
      one.real = dtype == DType::kFloat32;
      one.wraps = !quantizes || store[0]["quantize"] == "truncate";
      if (quantizes) one.scale = static_cast<double>(tensor.scale), one.zero_point = tensor.zero_point;
      list.push_back(std::move(one));
    }
  }
  return list;
}

/// Within a step: what rounding leaves open is for the exact comparison.
bool meets(const Arithmetic& a, size_t channel, double pixel, double number, double lowest) {
  const double x = (a.slope[channel] * pixel + a.start[channel]) / a.scale + a.zero_point;
  if (a.real) return std::fabs(x - number) <= kRealStep * std::fabs(a.slope[channel]);
  if (!a.wraps) return std::fabs(std::clamp(std::round(x), lowest, lowest + 255) - number) <= 1;
  const double distance = std::fabs(std::remainder(std::trunc(x) - number, 256));
  return distance <= 1;
}

/// A pixel of the frame, and what the memory holds of it.
struct Witness {
  int x = 0, y = 0;
  std::vector<double> numbers;  // one a channel
};

/// Spread over the picture; those first that are not held at the ends of their type.
std::vector<Witness> witnesses_of(const Sight& sight, const Frame& frame, double lowest) {
  const auto channels = static_cast<size_t>(frame.channels);
  std::vector<std::vector<double>> pixels(frame.elements() / channels, std::vector<double>(channels, std::nan("")));
  for (size_t i = 0; i < sight.places.size(); ++i)
    if (sight.places[i] < frame.elements()) pixels[sight.places[i] / channels][sight.places[i] % channels] = sight.numbers[i];
  std::vector<Witness> telling, any;
  // A step without a common factor with the width visits all columns.
  size_t step = std::max<size_t>(1, pixels.size() / 512) | 1;
  while (step > 1 && size_t(frame.width) % step == 0) step += 2;
  for (size_t i = 0; i < pixels.size(); i += step) {
    if (std::any_of(pixels[i].begin(), pixels[i].end(), [](double x) { return std::isnan(x); })) continue;
    const bool between = std::all_of(pixels[i].begin(), pixels[i].end(), [&](double x) { return std::isfinite(x) && (std::isinf(lowest) || (x > lowest && x < lowest + 255)); });
    std::vector<Witness>& list = between ? telling : any;
    list.push_back({static_cast<int>(i) % frame.width, static_cast<int>(i) / frame.width, pixels[i]});
  }
  const auto thin = [](std::vector<Witness>& list, size_t count) {
    std::vector<Witness> some;
    for (size_t k = 0; k < std::min(count, list.size()); ++k) some.push_back(list[k * list.size() / std::min(count, list.size())]);
    list = std::move(some);
  };
  thin(telling, kTelling);
  thin(any, kAny);
  if (telling.size() < kLeastTelling) return {};
  telling.insert(telling.end(), any.begin(), any.end());
  return telling;
}

double colour_of(const std::array<double, 3>& rgb, bool bytes, const std::string& order, size_t channel) {
  switch (order.starts_with("gray") ? 'y' : order[channel]) {
    case 'r': return rgb[0];
    case 'g': return rgb[1];
    case 'b': return rgb[2];
    case 'a': return 255;
    default:
      if (bytes) return image::gray_of(static_cast<uint8_t>(rgb[0]), static_cast<uint8_t>(rgb[1]), static_cast<uint8_t>(rgb[2]));
      return (19595 * rgb[0] + 38470 * rgb[1] + 7471 * rgb[2]) / 65536;
  }
}

std::vector<json> geometries_of(const SearchInput& input, std::span<const Size> sizes) {
  std::vector<json> list = usual_geometries(input.frame.width, input.frame.height, sizes);
  const json size = {{"resize", {{"width", input.frame.width}, {"height", input.frame.height}}}};
  for (int percent = 45; percent < 100; ++percent) {
    json one = json::array({{{"crop", {{"central", percent / 100.0}}}}, size});
    if (std::find(list.begin(), list.end(), one) == list.end()) list.push_back(std::move(one));
  }
  return list;
}

/// The pictures of one geometry and resizer, in every turn and order, held against the witnesses of every reading.
class Forward {
 public:
  Forward(const SearchInput& input, const std::vector<Sights>& sights) : input_(input), sights_(sights) {
    for (const Sights& one : sights) {
      const DType dtype = one.reading.dtype;
      const bool known = dtype == DType::kInt8 || dtype == DType::kUInt8 || dtype == DType::kFloat32;
      lowest_.push_back(dtype == DType::kFloat32 ? -HUGE_VAL : dtype == DType::kInt8 ? -128 : 0);
      witnesses_.push_back(known ? witnesses_of(one.by_exhibit[0], input.frame, lowest_.back()) : std::vector<Witness>{});
      arithmetic_.push_back(witnesses_.back().empty() ? std::vector<Arithmetic>{} : all_arithmetic(dtype, input.tensor, input.frame.channels));
    }
  }
  bool hopeless() const { return std::all_of(witnesses_.begin(), witnesses_.end(), [](const auto& list) { return list.empty(); }); }

  void look_at(const json& geometry, const Resizer& resizer, const app::Value& photo, const std::string& decoder, std::vector<Candidate>& found) const {
    Look look;
    look.decoder = decoder;
    look.geometry = geometry;
    look.resizer = resizer;
    const auto picture = picture_of(photo, look, input_.tensor);
    if (!picture || picture->shape.size() != 3 || picture->shape[2] != 3) return;
    const std::vector<uint8_t> border = border_of(photo, look, input_.tensor);
    for (size_t turn = 0; turn < all_turns().size(); ++turn) {
      const bool quarter = turn == 2 || turn == 4 || turn == 6 || turn == 7;
      if (picture->shape[quarter ? 0 : 1] != input_.frame.width || picture->shape[quarter ? 1 : 0] != input_.frame.height) continue;
      for (size_t s = 0; s < sights_.size(); ++s)
        if (!witnesses_[s].empty()) look_at(look, *picture, border, turn, s, found);
    }
  }

 private:
  void look_at(Look look, const app::Value& picture, const std::vector<uint8_t>& border, size_t turn, size_t s, std::vector<Candidate>& found) const {
    std::vector<std::array<double, 3>> pixels;
    std::vector<const Witness*> seen;
    for (const Witness& witness : witnesses_[s]) {
      const Point from = before_turn(turn, witness.x, witness.y, input_.frame.width, input_.frame.height);
      const size_t at = (size_t(from.y) * size_t(picture.shape[1]) + size_t(from.x)) * 3;
      if (!border.empty() && border[at]) continue;
      seen.push_back(&witness);
      pixels.push_back({app::number_at(picture.dtype, picture.bytes.data(), at), app::number_at(picture.dtype, picture.bytes.data(), at + 1), app::number_at(picture.dtype, picture.bytes.data(), at + 2)});
    }
    if (seen.size() < kLeastTelling) return;
    const auto channels = static_cast<size_t>(input_.frame.channels);
    const bool bytes = picture.dtype == DType::kUInt8;
    look.turn = all_turns()[turn];
    for (const std::string& order : orders_of(input_.frame.channels))
      for (const Arithmetic& arithmetic : arithmetic_[s]) {
        const auto meets_all = [&] {
          for (size_t i = 0; i < seen.size(); ++i)
            for (size_t c = 0; c < channels; ++c)
              if (!meets(arithmetic, c, colour_of(pixels[i], bytes, order, c), seen[i]->numbers[c], lowest_[s])) return false;
          return true;
        };
        if (!meets_all()) continue;
        Candidate candidate;
        candidate.look = look;
        candidate.look.order = order;
        candidate.reading = sights_[s].reading;
        candidate.sights = s;
        candidate.explained = 1;
        found.push_back(std::move(candidate));
        break;
      }
  }

  const SearchInput& input_;
  const std::vector<Sights>& sights_;
  std::vector<double> lowest_;
  std::vector<std::vector<Witness>> witnesses_;    // by sights; none where their numbers are of a rarer type
  std::vector<std::vector<Arithmetic>> arithmetic_;
};

}  // namespace

std::vector<Candidate> tried_forward(const SearchInput& input, const std::vector<Sights>& sights) {
  std::vector<Candidate> found;
  const Forward forward(input, sights);
  if (input.exhibits.empty() || forward.hopeless()) return found;
  const Exhibit& exhibit = input.exhibits[0];
  std::vector<Size> sizes;
  for (const Exhibit& one : input.exhibits) sizes.push_back({one.photo.shape[1], one.photo.shape[0]});
  const auto resizers = all_resizers();
  uint64_t pixels = 0;
  for (const json& geometry : geometries_of(input, sizes)) {
    for (const bool other : {false, true}) {
      const app::Value& photo = other ? exhibit.photo_tensorflow : exhibit.photo;
      if (photo.bytes.empty()) continue;
      std::vector<std::vector<Candidate>> by_resizer(resizers.size());
      parallel_for(resizers.size(), input.threads, [&](int, size_t r) { forward.look_at(geometry, resizers[r], photo, other ? "tensorflow" : "", by_resizer[r]); });
      for (auto& list : by_resizer) found.insert(found.end(), std::make_move_iterator(list.begin()), std::make_move_iterator(list.end()));
      pixels += resizers.size() * photo.elements() / 3;
    }
    if (found.size() >= kMostFound || pixels > kMostPixels) break;
  }
  if (found.size() > kMostFound) found.resize(kMostFound);
  return found;
}

}  // namespace whyzero::recover
