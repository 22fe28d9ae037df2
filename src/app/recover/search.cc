#include "app/recover/search.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <set>

#include "app/edit.h"
#include "app/recover/screen.h"
#include "app/recover/survey.h"
#include "app/recover/taken.h"
#include "app/recover/unwrap.h"
#include "app/step.h"
#include "base/parallel.h"
#include "image/resize.h"

namespace whyzero::recover {
namespace {

using app::StepRole;
using nlohmann::json;

/// Real numbers that a line explains but for this are the same picture: TensorFlow's own results differ by some 1e-6 of their deviation.
constexpr double kSameReal = 1e-9;
/// Rounding to integers leaves 1/sqrt(12) = 0.289 on the mean; another resizer is off by whole steps.
constexpr double kSameRounded = 0.36;
/// Numbers that tell a wrong picture from the right one; what passes is compared with all exhibits.
constexpr size_t kEnough = 5000;
/// Photos' pixels that a search may work through: some ten seconds.
constexpr uint64_t kMostPixels = uint64_t{1000} << 20;
/// How far from the registered part a geometry may lie, in pixels of the frame, and how many are tried.
constexpr double kNearby = 1.5;
constexpr size_t kGeometries = 240;
/// Of the best so far: geometries, resizers and pictures that are looked at further.
constexpr size_t kFirst = 6, kLeading = 6, kVaried = 4, kRounds = 3;
/// Steps from box to box.
constexpr int kWalk = 8;
/// Candidates that are compared before the next are begun.
constexpr size_t kAtOnce = 8;
/// Geometries of the look that knows no straight lines.
constexpr size_t kScreened = 12;
/// A coarse look that explains less saw another picture.
constexpr double kLike = 0.6;

bool by_explained(const Candidate& a, const Candidate& b) { return a.explained > b.explained; }

bool resizes(const json& geometry) {
  return std::any_of(geometry.begin(), geometry.end(), [](const json& step) { return step.contains("resize") || step.contains("letterbox"); });
}

bool same(const Resizer& a, const Resizer& b) { return a.method == b.method && a.library == b.library; }

bool gives_real(const Resizer& resizer) {
  return image::gives_float(*image::method_from_name(resizer.method), *image::library_from_name(resizer.library));
}
bool gives_real(const Look& look) { return look.real || (resizes(look.geometry) && gives_real(look.resizer)); }

Candidate with(Candidate like, json geometry, const Resizer& resizer) {
  like.look.geometry = std::move(geometry);
  like.look.resizer = resizer;
  like.look.real = like.look.real && !gives_real(resizer);
  return like;
}

/// Boxes whose sides are a pixel or two away.
std::vector<json> neighbours(const json& geometry) {
  std::vector<json> list;
  for (size_t i = 0; i < geometry.size(); ++i) {
    if (!geometry[i].contains("crop") || !geometry[i]["crop"].contains("box")) continue;
    constexpr int kMoves[][4] = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}, {1, 0, -1, 0}, {0, 1, 0, -1}, {1, 0, 1, 0}, {1, 1, -1, -1}, {0, 1, 0, 1}, {1, 1, 0, 0}, {0, 0, 1, 1}};
    for (const auto& move : kMoves)
      for (int by : {1, -1, 2, -2}) {
        json other = geometry;
        for (size_t k = 0; k < 4; ++k) other[i]["crop"]["box"][k] = geometry[i]["crop"]["box"][k].get<int>() + by * move[k];
        list.push_back(std::move(other));
      }
  }
  return list;
}

class Search {
 public:
  explicit Search(const SearchInput& input) : input_(input) {}
  std::optional<Candidate> run();

 private:
  void see();
  /// True where a lead's picture meets the memory; then best_ is it.
  bool follow(const Lead& lead);
  bool follow(const Candidate& start, const std::vector<Placed>& placed);
  bool try_all(std::vector<Candidate> candidates);
  bool try_resizers(const std::vector<Placed>& placed, const Candidate& like, size_t geometries);
  bool try_geometries(const std::vector<Placed>& placed, const Candidate& like);
  std::vector<Candidate> leaders() const;
  bool try_neighbours();
  bool try_variants(const Candidate& like);
  bool settle_nearest();
  void compare(Candidate& candidate, size_t enough);
  bool settle(Candidate candidate);
  Numbers numbers_of(const Candidate& candidate) const;
  void find_fill(Candidate& candidate) const;
  void place_stride(Candidate& candidate) const;
  json believed(std::initializer_list<StepRole> roles) const { return app::steps_of(input_.believed, roles); }
  const app::Value& photo_of(const Exhibit& exhibit, const Look& look) const {
    return look.decoder == "tensorflow" && !exhibit.photo_tensorflow.bytes.empty() ? exhibit.photo_tensorflow : exhibit.photo;
  }

  const SearchInput& input_;
  std::vector<Sights> sights_;
  size_t plain_ = 0;               // of them, as the memory has them; the others are turned back into pixels
  std::vector<size_t> exhibits_;   // that the lead sees
  std::vector<Candidate> tried_;   // on this lead, best first
  std::set<std::string> known_;    // their looks
  std::optional<Candidate> best_;
  std::atomic<uint64_t> pixels_{0};  // of photos that were made into pictures
};

void Search::see() {
  std::vector<std::vector<uint8_t>> memories;
  for (const Exhibit& exhibit : input_.exhibits) memories.push_back(exhibit.memory);
  for (const Reading& reading : plausible_readings(memories, input_.tensor, input_.frame)) {
    Sights sights{reading, {}};
    for (const auto& memory : memories) sights.by_exhibit.push_back(look(reading, memory, input_.frame));
    sights.plain = sights_.size();
    sights_.push_back(std::move(sights));
  }
  plain_ = sights_.size();
  for (size_t i = 0; i < plain_; ++i)
    for (Sights& one : unwrapped(sights_[i], input_.tensor, input_.frame.channels)) sights_.push_back(std::move(one));
}

/// Compares with exhibits until `enough` numbers are seen.
void Search::compare(Candidate& candidate, size_t enough) {
  const Sights& sights = sights_[candidate.sights];
  Match match(input_.frame.channels, sights.reading.dtype);
  candidate.explained = -1;
  candidate.alike = candidate.functional = false;
  size_t numbers = 0;
  bool real = false;
  for (size_t e : exhibits_) {
    if (numbers >= enough) break;
    numbers += sights.by_exhibit[e].numbers.size();
    pixels_ += input_.exhibits[e].photo.elements() / 3;
    const app::Value& photo = photo_of(input_.exhibits[e], candidate.look);
    const auto picture = picture_of(photo, candidate.look, input_.tensor);
    if (!picture || picture->elements() != input_.frame.elements()) return;
    if (picture->dtype != DType::kUInt8 && picture->dtype != DType::kFloat32) return;
    real = picture->dtype == DType::kFloat32;
    if (!match.add(*picture, sights.by_exhibit[e], 1, border_of(photo, candidate.look, input_.tensor))) return;
  }
  candidate.explained = match.explained();
  candidate.functional = match.functional();
  candidate.alike = candidate.functional || candidate.explained > 1 - kSameReal ||
                    (real && dtype_is_integer(sights.reading.dtype) && match.off_line() < kSameRounded);
}

/// The match once more, for the table of values; else all pixels.
Numbers Search::numbers_of(const Candidate& candidate) const {
  const Sights& sights = sights_[candidate.sights];
  const int channels = input_.frame.channels;
  Match match(channels);
  Pairs pairs;
  for (size_t e : exhibits_) {
    const app::Value& photo = photo_of(input_.exhibits[e], candidate.look);
    const auto picture = picture_of(photo, candidate.look, input_.tensor);
    if (!picture) return {};
    if (candidate.functional) {
      match.add(*picture, sights.by_exhibit[e], 1, border_of(photo, candidate.look, input_.tensor));
    } else {
      append(pairs, pairs_of(*picture, sights.by_exhibit[e], channels, border_of(photo, candidate.look, input_.tensor)));
    }
  }
  if (candidate.functional) pairs = pairs_of(match, channels);
  return find_numbers(pairs, candidate.reading.dtype, input_.tensor, believed({StepRole::kRange, StepRole::kStore}));
}

/// The pixel that a letterbox's border must have been to become what stands there.
void Search::find_fill(Candidate& candidate) const {
  if (!candidate.look.letterboxed()) return;
  for (size_t e : exhibits_) {
    const app::Value& photo = photo_of(input_.exhibits[e], candidate.look);
    const std::vector<uint8_t> border = border_of(photo, candidate.look, input_.tensor);
    const Sight& sight = sights_[candidate.sights].by_exhibit[e];
    const auto channels = static_cast<size_t>(input_.frame.channels);
    for (size_t i = 0; i < sight.places.size(); ++i) {
      if (sight.places[i] >= border.size() || !border[sight.places[i]]) continue;
      app::Value ramp;
      ramp.shape = {256, 1, input_.frame.channels};
      for (size_t v = 0; v < 256 * channels; ++v) ramp.bytes.push_back(static_cast<uint8_t>(v / channels));
      if (!app::run_steps(ramp, candidate.numbers.steps, 0, candidate.numbers.steps.size(), input_.tensor)) return;
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
void Search::place_stride(Candidate& candidate) const {
  Reading& reading = candidate.reading;
  if (reading.early_stride == 0 || exhibits_.empty()) return;
  const bool real = gives_real(candidate.look);
  const double gap = gap_number(reading, input_.exhibits[exhibits_.front()].memory, input_.frame);
  app::Value zero;
  zero.shape = {1, 1, input_.frame.channels};
  zero.bytes.resize(size_t(input_.frame.channels));
  const json& steps = candidate.numbers.steps;
  const bool early = app::run_steps(zero, steps, 0, steps.size(), input_.tensor) &&
                     app::number_at(zero.dtype, zero.bytes.data(), (size_t(input_.frame.width) * size_t(input_.frame.channels)) % zero.elements()) == gap;
  if (early && real) reading.early_size = sizeof(float);
  if (!early || (real && gap == 0)) {
    reading.late_stride = reading.early_stride * dtype_size(reading.dtype);
    reading.early_stride = 0;
  }
}

/// Finds the numbers of a candidate; true where they meet every pair.
bool Search::settle(Candidate candidate) {
  candidate.numbers = numbers_of(candidate);
  find_fill(candidate);
  place_stride(candidate);
  const bool met = candidate.numbers.missed == 0;
  const bool better = !best_ || (met && best_->numbers.missed > 0) || (met == (best_->numbers.missed == 0) && candidate.explained > best_->explained);
  if (better) best_ = std::move(candidate);
  return met;
}

/// The likeliest first, a few at a time: mostly one of the first few is it.
bool Search::try_all(std::vector<Candidate> candidates) {
  std::erase_if(candidates, [&](const Candidate& one) { return !known_.insert(one.look.steps().dump()).second; });
  for (size_t begin = 0; begin < candidates.size() && pixels_ < kMostPixels; begin += kAtOnce) {
    const size_t count = std::min(kAtOnce, candidates.size() - begin);
    parallel_for(count, input_.threads, [&](int, size_t i) { compare(candidates[begin + i], kEnough); });
    for (size_t i = begin; i < begin + count; ++i) {
      if (candidates[i].alike) {
        compare(candidates[i], SIZE_MAX);
        if (candidates[i].alike && settle(candidates[i])) return true;
      }
      tried_.push_back(candidates[i]);
    }
  }
  std::stable_sort(tried_.begin(), tried_.end(), by_explained);
  return false;
}

/// Every resizer on the first geometries.
bool Search::try_resizers(const std::vector<Placed>& placed, const Candidate& like, size_t geometries) {
  std::vector<Candidate> candidates;
  std::vector<json> seen;
  for (const Placed& one : placed) {
    if (std::find(seen.begin(), seen.end(), one.geometry) != seen.end()) continue;
    if (seen.size() >= geometries) break;
    seen.push_back(one.geometry);
    for (const Resizer& resizer : all_resizers()) {
      if (!resizes(one.geometry) && &resizer != all_resizers().data()) break;
      candidates.push_back(with(like, one.geometry, resizer));
    }
  }
  return try_all(std::move(candidates));
}

/// The best candidate of each way to take corners, then of the best resizers, one each.
std::vector<Candidate> Search::leaders() const {
  std::vector<Candidate> list;
  const auto add = [&](const Candidate& one) {
    if (std::none_of(list.begin(), list.end(), [&](const Candidate& c) { return same(c.look.resizer, one.look.resizer); })) list.push_back(one);
  };
  for (const Corners corners : kAllCorners)
    if (const auto best = std::find_if(tried_.begin(), tried_.end(), [&](const Candidate& c) { return corners_of(c.look.resizer) == corners; }); best != tried_.end()) add(*best);
  std::stable_sort(list.begin(), list.end(), by_explained);
  for (const Candidate& one : tried_)
    if (list.size() < kLeading) add(one);
  return list;
}

/// The leading resizers on all geometries that lie where they would take their pixels from.
bool Search::try_geometries(const std::vector<Placed>& placed, const Candidate& like) {
  std::vector<Resizer> leading;
  for (const Candidate& one : leaders()) leading.push_back(one.look.resizer);
  // Nearest neighbours beside the right part are like nothing: they cannot lead.
  for (const Resizer& resizer : all_resizers())
    if (resizer.method == "nearest" && (resizer.library == "pillow" || resizer.library == "opencv") && std::none_of(leading.begin(), leading.end(), [&](const Resizer& r) { return same(r, resizer); }))
      leading.push_back(resizer);
  for (const Resizer& resizer : leading) {
    std::vector<Candidate> candidates;
    for (const Placed& one : placed) {
      if (one.corners != corners_of(resizer) || candidates.size() >= kGeometries) continue;
      candidates.push_back(with(like, one.geometry, resizer));
    }
    if (try_all(std::move(candidates))) return true;
  }
  return false;
}

/// Boxes beside the best one, and beside the best of those, with each of the resizers that lead.
bool Search::try_neighbours() {
  for (const Candidate& start : leaders()) {
    Candidate here = start;
    for (int walked = 0; walked < kWalk; ++walked) {
      std::vector<Candidate> beside;
      for (json& one : neighbours(here.look.geometry)) beside.push_back(with(here, std::move(one), here.look.resizer));
      if (beside.empty()) break;
      if (try_all(std::move(beside))) return true;
      const auto best = std::find_if(tried_.begin(), tried_.end(), [&](const Candidate& c) { return same(c.look.resizer, here.look.resizer); });
      if (best == tried_.end() || best->explained <= here.explained) break;
      here = Candidate(*best);
    }
  }
  return false;
}

/// Other decoders, and the steps of the picture in another order.
bool Search::try_variants(const Candidate& like) {
  const bool other_decoder = std::any_of(input_.exhibits.begin(), input_.exhibits.end(), [](const Exhibit& e) { return !e.photo_tensorflow.bytes.empty(); });
  std::vector<Candidate> candidates;
  for (int bits = 1; bits < 16; ++bits) {
    Candidate one = like;
    if (bits & 1) one.look.decoder = one.look.decoder.empty() ? "tensorflow" : "";
    if (bits & 2) one.look.gray_first = !one.look.gray_first;
    if (bits & 4) one.look.turn_first = !one.look.turn_first;
    if (bits & 8) one.look.real = !one.look.real;
    if ((bits & 1) && !other_decoder) continue;
    if ((bits & 2) && one.look.order[0] != 'g') continue;
    if ((bits & 4) && one.look.turn.empty()) continue;
    if ((bits & 8) && (!resizes(one.look.geometry) || gives_real(like.look) || like.look.resizer.library.starts_with("tensorflow"))) continue;
    candidates.push_back(std::move(one));
  }
  return try_all(std::move(candidates));
}

/// Integers made of real pixels are no function of bytes and explain less than bytes' own steps do: the best of either kind is asked.
bool Search::settle_nearest() {
  for (const bool real : {true, false})
    for (const Candidate& one : tried_) {
      if (one.explained <= (best_ ? best_->explained : 0)) break;
      if (gives_real(one.look) != real) continue;
      if (settle(one)) return true;
      break;
    }
  return false;
}

bool Search::follow(const Candidate& start, const std::vector<Placed>& placed) {
  tried_.clear();
  known_.clear();
  if (try_resizers(placed, start, kFirst)) return true;
  for (size_t round = 0; round < kRounds && !tried_.empty(); ++round) {
    const std::vector<Candidate> varied(tried_.begin(), tried_.begin() + static_cast<std::ptrdiff_t>(std::min(tried_.size(), kVaried)));
    for (const Candidate& one : varied)
      if (try_variants(one)) return true;
    if (try_geometries(placed, Candidate(tried_.front()))) return true;
    if (try_neighbours()) return true;
    std::vector<Placed> best;
    for (const Candidate& one : tried_) {
      if (best.size() >= kFirst) break;
      if (std::none_of(best.begin(), best.end(), [&](const Placed& p) { return p.geometry == one.look.geometry; })) best.push_back({one.look.geometry, Corners::kCentred, 0});
    }
    const double before = tried_.front().explained;
    if (try_resizers(best, Candidate(tried_.front()), kFirst)) return true;
    if (round > 0 && tried_.front().explained <= before) break;
  }
  return settle_nearest();
}

bool Search::follow(const Lead& lead) {
  const bool quarter = lead.turn == 2 || lead.turn == 4 || lead.turn == 6 || lead.turn == 7;
  const int width = quarter ? input_.frame.height : input_.frame.width, height = quarter ? input_.frame.width : input_.frame.height;
  exhibits_ = lead.witnesses;
  for (size_t e : lead.exhibits)
    if (std::find(exhibits_.begin(), exhibits_.end(), e) == exhibits_.end()) exhibits_.push_back(e);
  std::vector<Size> sizes;
  for (size_t e : lead.witnesses) sizes.push_back({input_.exhibits[e].photo.shape[1], input_.exhibits[e].photo.shape[0]});
  std::vector<json> geometries;
  if (json own = believed({StepRole::kGeometry}); !own.empty()) geometries.push_back(std::move(own));
  for (json& one : usual_geometries(width, height, sizes)) geometries.push_back(std::move(one));
  for (const Corners corners : kAllCorners)
    for (json& one : geometries_for(centred_boxes(lead.boxes, width, height, corners), sizes, width, height))
      if (std::find(geometries.begin(), geometries.end(), one) == geometries.end()) geometries.push_back(std::move(one));
  Candidate start;
  start.look.turn = all_turns()[lead.turn];
  start.look.order = lead.order;
  start.sights = sights_[lead.sights].plain;
  start.reading = sights_[lead.sights].reading;
  std::vector<Placed> placed = placed_geometries(geometries, lead.boxes, sizes, width, height, kNearby);
  // Arithmetic that clamps half of a photo away moves what is registered.
  if (lead.explained < 0.99)
    for (Placed& one : placed_geometries(geometries, lead.boxes, sizes, width, height, 4 * kNearby))
      if (std::none_of(placed.begin(), placed.end(), [&](const Placed& p) { return p.geometry == one.geometry && p.corners == one.corners; })) placed.push_back(std::move(one));
  if (follow(start, placed)) return true;
  if (lead.explained < 0.9 || tried_.empty()) return false;
  std::vector<Placed> twice;
  for (json& one : double_resizes(width, height)) twice.push_back({std::move(one), Corners::kCentred, 0});
  const Candidate like = tried_.front();
  return try_geometries(twice, like) || try_resizers({{tried_.front().look.geometry, Corners::kCentred, 0}}, Candidate(tried_.front()), 1);
}

std::optional<Candidate> Search::run() {
  see();
  if (sights_.empty()) return std::nullopt;
  for (const Lead& lead : survey(input_, sights_))
    if (follow(lead)) return best_;
  if (best_ && best_->explained > kLike) return best_;
  // Arithmetic that wraps around hides a picture from straight lines, not from a table.
  exhibits_.clear();
  std::vector<Size> sizes;
  for (size_t e = 0; e < input_.exhibits.size(); ++e) {
    exhibits_.push_back(e);
    sizes.push_back({input_.exhibits[e].photo.shape[1], input_.exhibits[e].photo.shape[0]});
  }
  std::vector<json> geometries = usual_geometries(input_.frame.width, input_.frame.height, sizes);
  if (geometries.size() > kScreened) geometries.resize(kScreened);
  sights_.resize(plain_);
  const std::vector<Candidate> coarse = screen(input_, sights_, geometries, 8);
  if (coarse.empty()) return best_;
  std::vector<Placed> placed;
  for (const Candidate& one : coarse) placed.push_back({one.look.geometry, Corners::kCentred, 0});
  if (coarse.front().explained < kLike) placed.resize(1);
  follow(coarse.front(), placed);
  return best_;
}

}  // namespace

json Candidate::pipeline(const app::TensorInfo& tensor) const {
  json steps = look.steps();
  for (const json& part : {reading.before_numbers(), numbers.steps, reading.after_numbers(tensor)})
    for (const json& step : part) steps.push_back(step);
  return steps;
}

std::optional<Candidate> search(const SearchInput& input) { return Search(input).run(); }

}  // namespace whyzero::recover
