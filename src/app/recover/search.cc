#include "app/recover/search.h"

#include <algorithm>
#include <atomic>
#include <numeric>
#include <set>

#include "app/edit.h"
#include "app/recover/forward.h"
#include "app/recover/screen.h"
#include "app/recover/settle.h"
#include "app/recover/survey.h"
#include "app/recover/taken.h"
#include "app/recover/unwrap.h"
#include "base/parallel.h"

namespace whyzero::recover {
namespace {

using app::StepRole;
using nlohmann::json;

/// Numbers that tell a wrong picture from the right one; what passes is compared with all exhibits.
constexpr size_t kEnough = 5000;
/// Pixels that a search may work through, some seven seconds; the last of them are kept for detours.
constexpr uint64_t kMostPixels = uint64_t{850} << 20, kKeptForDetours = uint64_t{350} << 20;
/// How far from the registered part a geometry may lie, in pixels of the frame, and how many are tried.
constexpr double kNearby = 1.5;
constexpr size_t kGeometries = 240;
/// Of the best so far: geometries, resizers and pictures that are looked at further.
constexpr size_t kFirst = 6, kLeading = 6, kVaried = 4, kRounds = 3;
/// Usual geometries that every resizer is tried on in the end: the right resizer need not lead on a wrong one.
constexpr size_t kWide = 32;
/// Sweeps of a box's sides: across, down, both a little, and so on.
constexpr int kSweeps = 6;
/// Candidates that are compared before the next are begun.
constexpr size_t kAtOnce = 8;
/// Geometries of the look that knows no straight lines.
constexpr size_t kScreened = 12;
/// A coarse look that explains less saw another picture.
constexpr double kLike = 0.6;
/// A photo that went through another size still explains this much.
constexpr double kDetour = 0.7;
/// The likeliest resizers, nearest neighbours among them.
constexpr size_t kDetourResizers = 9;
/// Sizes to either side of the best usual one that are tried as well.
constexpr int kDetoursAround = 40;

bool by_explained(const Candidate& a, const Candidate& b) { return a.explained > b.explained; }

/// What apps resize by without a thought.
bool is_plain(const Resizer& r) { return (r.library == "pillow" || r.library == "opencv") && (r.method == "bilinear" || r.method == "nearest"); }

bool same(const Resizer& a, const Resizer& b) { return a.method == b.method && a.library == b.library; }

Candidate with(Candidate like, json geometry, const Resizer& resizer) {
  like.look.geometry = std::move(geometry);
  like.look.resizer = resizer;
  like.look.real = like.look.real && !gives_real(resizer);
  return like;
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
  void screen_tables();
  bool try_all(std::vector<Candidate> candidates);
  bool try_resizers(const std::vector<Placed>& placed, const Candidate& like, size_t geometries);
  bool try_geometries(const std::vector<Placed>& placed, const Candidate& like);
  std::vector<Candidate> leaders() const;
  bool try_neighbours();
  bool try_variants(const Candidate& like);
  bool try_leading_variants();
  bool try_detours(int width, int height);
  bool settle_nearest();
  bool keep(Candidate candidate);
  Evidence evidence() const { return {input_, sights_, exhibits_}; }
  json believed(std::initializer_list<StepRole> roles) const { return app::steps_of(input_.believed, roles); }

  const SearchInput& input_;
  std::vector<Sights> sights_;
  size_t plain_ = 0;               // of them, as the memory has them; the others are turned back into pixels
  std::vector<size_t> exhibits_;   // that the lead sees
  std::vector<Candidate> tried_;   // on this lead, best first
  std::set<std::string> known_;    // their looks
  std::optional<Candidate> best_;
  std::atomic<uint64_t> pixels_{0};  // of photos that were made into pictures
  uint64_t allowed_ = kMostPixels - kKeptForDetours;
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

/// The best so far, its numbers found; true where they meet every pair.
bool Search::keep(Candidate candidate) {
  const bool met = settle(candidate, evidence());
  const bool better = !best_ || (met && best_->numbers.missed > 0) || (met == (best_->numbers.missed == 0) && candidate.explained > best_->explained);
  if (better) best_ = std::move(candidate);
  return met;
}

/// The likeliest first, a few at a time: mostly one of the first few is it.
bool Search::try_all(std::vector<Candidate> candidates) {
  std::erase_if(candidates, [&](const Candidate& one) { return !known_.insert(one.look.steps().dump()).second; });
  for (size_t begin = 0; begin < candidates.size() && pixels_ < allowed_; begin += kAtOnce) {
    const size_t count = std::min(kAtOnce, candidates.size() - begin);
    parallel_for(count, input_.threads, [&](int, size_t i) { pixels_ += compare(candidates[begin + i], evidence(), kEnough); });
    for (size_t i = begin; i < begin + count; ++i) {
      if (candidates[i].alike) {
        pixels_ += compare(candidates[i], evidence(), SIZE_MAX);
        if (candidates[i].alike && keep(candidates[i])) return true;
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

/// Boxes beside the best one, with each of the resizers that lead. Columns depend on the sides across alone and rows on those down: each
/// pair of sides is sought by itself, where single steps would be lost among resizers that skip pixels.
bool Search::try_neighbours() {
  for (const Candidate& start : leaders()) {
    Candidate here = start;
    for (int sweep = 0; sweep < kSweeps; ++sweep) {
      std::vector<Candidate> beside;
      for (json& one : box_neighbours(here.look.geometry, static_cast<Sweep>(sweep % 3))) beside.push_back(with(here, std::move(one), here.look.resizer));
      if (beside.empty()) break;
      if (try_all(std::move(beside))) return true;
      const auto best = std::find_if(tried_.begin(), tried_.end(), [&](const Candidate& c) { return same(c.look.resizer, here.look.resizer); });
      if (best == tried_.end()) break;
      if (best->explained <= here.explained && sweep > 1) break;
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

bool Search::try_leading_variants() {
  const std::vector<Candidate> varied(tried_.begin(), tried_.begin() + static_cast<std::ptrdiff_t>(std::min(tried_.size(), kVaried)));
  return std::any_of(varied.begin(), varied.end(), [&](const Candidate& one) { return try_variants(one); });
}

/// A resize to another size before the last: usual sizes, then all around the best of them.
bool Search::try_detours(int width, int height) {
  if (tried_.empty()) return false;
  allowed_ = kMostPixels;
  Candidate like = tried_.front();
  like.look.decoder.clear();
  like.look.real = false;
  // What is blurred seems cut a little, where nothing or what the author believes was.
  std::vector<json> crops = {believed({StepRole::kGeometry}), like.look.geometry, json::array(), json::array({{{"crop", {{"square", true}}}}, {{"crop", {{"central", 0.875}}}}})};
  // On a blurred photo the right resizer need not lead.
  const auto try_sizes = [&](const std::vector<int>& sizes, bool all) {
    std::vector<Candidate> candidates;
    for (const Resizer& resizer : all_resizers().first(kDetourResizers))
      for (const json& geometry : crops)
        for (json& one : double_resizes(geometry, width, height, all || is_plain(resizer) ? sizes : std::vector<int>())) candidates.push_back(with(like, std::move(one), resizer));
    return try_all(std::move(candidates));
  };
  const std::vector<int> usual = usual_detours(width);
  if (try_sizes(usual, false)) return true;
  const auto best = std::find_if(tried_.begin(), tried_.end(), [](const Candidate& one) { return detour_of(one.look.geometry) > 0; });
  if (best == tried_.end()) return false;
  const int size = detour_of(best->look.geometry);
  crops = {best->look.geometry};
  std::vector<int> between;
  for (int k = size * 2 / 3; k < size * 3 / 2 && k < size + kDetoursAround; ++k)
    if (k > size - kDetoursAround) between.push_back(k);
  return try_sizes(between, true) || try_leading_variants() || settle_nearest();
}

/// Integers made of real pixels are no function of bytes and explain less than bytes' own steps do: the best of either kind is asked.
bool Search::settle_nearest() {
  for (const bool real : {true, false})
    for (const Candidate& one : tried_) {
      if (one.explained <= (best_ ? best_->explained : 0)) break;
      if (gives_real(one.look) != real) continue;
      if (keep(one)) return true;
      break;
    }
  return false;
}

bool Search::follow(const Candidate& start, const std::vector<Placed>& placed) {
  tried_.clear();
  known_.clear();
  if (try_resizers(placed, start, kFirst)) return true;
  for (size_t round = 0; round < kRounds && !tried_.empty(); ++round) {
    if (try_leading_variants()) return true;
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
  return try_leading_variants() || settle_nearest();
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
  const std::vector<json> usual = usual_geometries(width, height, sizes);
  geometries.insert(geometries.end(), usual.begin(), usual.end());
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
  if (!tried_.empty() && try_resizers(placed_geometries(usual, lead.boxes, sizes, width, height, 4 * kNearby), Candidate(tried_.front()), kWide)) return true;
  // A lead counts the exhibits that it does not see as unlike.
  return lead.explained * double(input_.exhibits.size()) >= kDetour * double(lead.exhibits.size()) && try_detours(width, height);
}

/// Arithmetic that wraps around or clamps hides a picture from straight lines, not from a table.
void Search::screen_tables() {
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
  if (coarse.empty()) return;
  std::vector<Placed> placed;
  for (const Candidate& one : coarse) placed.push_back({one.look.geometry, Corners::kCentred, 0});
  if (coarse.front().explained < kLike) placed.resize(1);
  if (!follow(coarse.front(), placed)) try_detours(input_.frame.width, input_.frame.height);
}

std::optional<Candidate> Search::run() {
  see();
  if (sights_.empty()) return std::nullopt;
  for (const Lead& lead : survey(input_, sights_))
    if (follow(lead)) return best_;
  if (!best_ || best_->explained <= kLike) screen_tables();
  if (best_ && best_->numbers.missed == 0) return best_;
  sights_.resize(plain_);
  exhibits_.resize(input_.exhibits.size());
  std::iota(exhibits_.begin(), exhibits_.end(), size_t{0});
  for (Candidate& one : tried_forward(input_, sights_))
    if (keep(std::move(one))) break;
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
