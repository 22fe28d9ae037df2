#include "app/recover/screen.h"

#include <algorithm>

#include "base/parallel.h"
#include "image/geometry.h"

namespace whyzero::recover {
namespace {

using nlohmann::json;

/// Numbers compared of all exhibits. With 32 classes of pixels a channel, unrelated pictures explain a few percent of each other.
constexpr size_t kSampled = 5000;

/// The value of a colour at a pixel of an RGB picture, as an order of channels has it.
double colour_at(const app::Value& picture, size_t pixel, const std::string& order, size_t channel) {
  const uint8_t* rgb = picture.bytes.data() + pixel * 3;
  if (order[0] == 'g') return image::gray_of(rgb[0], rgb[1], rgb[2]);
  switch (order[channel]) {
    case 'r': return rgb[0];
    case 'g': return rgb[1];
    case 'b': return rgb[2];
    default: return 255;
  }
}

/// Picture of a geometry in the frame, upright or with its sides exchanged for the quarter turns.
struct Shown {
  app::Value picture;
  std::vector<uint8_t> border;
};

std::vector<std::optional<Shown>> show(const SearchInput& input, const json& geometry) {
  std::vector<std::optional<Shown>> shown;
  for (const Exhibit& exhibit : input.exhibits) {
    Look look;
    look.geometry = geometry;
    auto picture = picture_of(exhibit.photo, look, input.tensor);
    if (!picture || picture->shape.size() != 3 || picture->shape[2] != 3 || picture->dtype != DType::kUInt8)
      shown.push_back(std::nullopt);
    else
      shown.push_back(Shown{std::move(*picture), border_of(exhibit.photo, look, input.tensor)});
  }
  return shown;
}

bool gray_is_same(const std::string& order) { return order[0] == 'g'; }

/// How well the turned picture explains the memory; −1 where it has another size.
double score(const SearchInput& input, const Sights& sights, const std::vector<std::optional<Shown>>& shown, size_t turn, const std::string& order) {
  const Frame& frame = input.frame;
  const auto channels = static_cast<size_t>(frame.channels);
  Match match(frame.channels);
  for (size_t e = 0; e < input.exhibits.size(); ++e) {
    if (!shown[e]) return -1;
    const app::Value& picture = shown[e]->picture;
    const bool quarter = turn == 2 || turn == 4 || turn == 6 || turn == 7;
    int width = quarter ? picture.shape[0] : picture.shape[1], height = quarter ? picture.shape[1] : picture.shape[0];
    if (width * height != frame.width * frame.height) return -1;
    const Sight& sight = sights.by_exhibit[e];
    // A step that shares no factor with rows or channels walks through all of them.
    size_t step = std::max<size_t>(1, sight.places.size() * input.exhibits.size() / kSampled);
    while (step > 1 && (step % 2 == 0 || step % 3 == 0 || step % 5 == 0 || step % 7 == 0)) ++step;
    for (size_t i = 0; i < sight.places.size(); i += step) {
      const size_t place = sight.places[i], pixel = place / channels;
      const Point from = before_turn(turn, static_cast<int>(pixel) % width, static_cast<int>(pixel) / width, width, height);
      const size_t source = size_t(from.y) * size_t(picture.shape[1]) + size_t(from.x);
      if (!shown[e]->border.empty() && shown[e]->border[source * 3]) continue;
      // Classes of eight values: neighbours stand for each other, as resizers differ by a few.
      const double colour = colour_at(picture, source, order, place % channels);
      match.add_pair(place % channels, static_cast<int>(colour) & ~7, sight.numbers[i]);
    }
  }
  return match.explained();
}

}  // namespace

std::vector<Candidate> screen(const SearchInput& input, const std::vector<Sights>& sights, const std::vector<json>& geometries, size_t keep) {
  const Frame& frame = input.frame;
  const std::vector<std::string> orders = orders_of(frame.channels);
  std::vector<std::vector<Candidate>> by_geometry(geometries.size());
  parallel_for(geometries.size(), input.threads, [&](int, size_t g) {
    const auto shown = show(input, geometries[g]);
    for (size_t turn = 0; turn < all_turns().size(); ++turn)
      for (size_t s = 0; s < sights.size(); ++s)
        for (const std::string& order : orders) {
          const double explained = score(input, sights[s], shown, turn, order);
          if (explained < 0) continue;
          Candidate candidate;
          candidate.look.geometry = geometries[g];
          candidate.look.turn = all_turns()[turn];
          candidate.look.order = order;
          candidate.reading = sights[s].reading;
          candidate.sights = s;
          // Among near equals the earlier and plainer one.
          candidate.explained = explained - 1e-5 * double(g) - 1e-4 * double(turn > 0) - 1e-4 * double(gray_is_same(order));
          by_geometry[g].push_back(std::move(candidate));
        }
    std::stable_sort(by_geometry[g].begin(), by_geometry[g].end(), [](const Candidate& a, const Candidate& b) { return a.explained > b.explained; });
    if (by_geometry[g].size() > 4) by_geometry[g].resize(4);
  });
  std::vector<Candidate> all;
  for (auto& list : by_geometry)
    for (Candidate& one : list) all.push_back(std::move(one));
  std::stable_sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) { return a.explained > b.explained; });
  if (all.size() > keep) all.resize(keep);
  return all;
}

}  // namespace whyzero::recover
