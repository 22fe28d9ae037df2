#include "app/recover/search.h"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "app/edit.h"
#include "app/recover/register.h"
#include "app/recover/screen.h"
#include "app/step.h"
#include "base/parallel.h"
#include "image/resize.h"

namespace whyzero::recover {
namespace {

using app::StepRole;
using nlohmann::json;

/// Real pictures that explain all but this are the same picture: TensorFlow's own results differ by some 1e-6 of their deviation.
constexpr double kSameReal = 1e-9;
/// Candidates that are looked at exactly.
constexpr size_t kExactly = 6;
/// Numbers that tell a wrong picture from the right one; what passes is compared with all exhibits.
constexpr size_t kEnough = 15000;
constexpr double kWorthMore = 1e-3;
/// Photos' pixels that a search may work through: some ten seconds.
constexpr uint64_t kMostPixels = uint64_t{1500} << 20;
/// Resizers that are tried on every registered geometry.
constexpr size_t kLeading = 5;
/// Variants that are compared before the next are begun.
constexpr size_t kAtOnce = 4;

class Search {
 public:
  explicit Search(const SearchInput& input) : input_(input) {}
  std::optional<Candidate> run();

 private:
  void see();
  std::vector<json> believed_geometries() const;
  json believed_numbers() const;
  /// True where a candidate meets the memory; then best_ is it.
  bool look_closely(const std::vector<Candidate>& candidates);
  /// The same with one resizer only, at many more candidates.
  bool look_with(const Resizer& resizer, const std::vector<Candidate>& candidates);
  bool look_closely(const Candidate& coarse, bool real, const std::string& decoder);
  std::vector<Candidate> variants_of(const Candidate& coarse, bool real, const std::string& decoder) const;
  void compare(Candidate& candidate);
  bool settle(Candidate candidate);
  bool settle_nearest(const std::vector<Candidate>& sorted);
  Numbers numbers_of(const Candidate& candidate) const;
  void find_fill(Candidate& candidate) const;
  const Sights& sights_of(const Reading& reading) const;
  const app::Value& photo_of(const Exhibit& exhibit, const Look& look) const {
    return look.decoder == "tensorflow" && !exhibit.photo_tensorflow.bytes.empty() ? exhibit.photo_tensorflow : exhibit.photo;
  }
  std::vector<json> registered(const Candidate& coarse) const;

  const SearchInput& input_;
  std::vector<Sights> sights_;
  std::optional<Candidate> best_;
  std::vector<Resizer> leading_;  // of the first look, nearest first: what is like the right one at a part that is nearly right
  std::atomic<uint64_t> pixels_{0};  // of photos that were made into pictures
};

bool by_explained(const Candidate& a, const Candidate& b) { return a.explained > b.explained; }

bool same_reading(const Reading& a, const Reading& b) {
  return a.dtype == b.dtype && a.big_endian == b.big_endian && a.channels_first == b.channels_first && a.early_stride == b.early_stride && a.late_stride == b.late_stride;
}

void Search::see() {
  std::vector<std::vector<uint8_t>> memories;
  for (const Exhibit& exhibit : input_.exhibits) memories.push_back(exhibit.memory);
  for (const Reading& reading : plausible_readings(memories, input_.tensor, input_.frame)) {
    Sights sights{reading, {}};
    for (const auto& memory : memories) sights.by_exhibit.push_back(look(reading, memory, input_.frame));
    sights_.push_back(std::move(sights));
  }
}

const Sights& Search::sights_of(const Reading& reading) const {
  for (const Sights& sights : sights_)
    if (same_reading(sights.reading, reading)) return sights;
  return sights_.front();
}

std::vector<json> Search::believed_geometries() const {
  const json steps = app::steps_of(input_.believed, {StepRole::kGeometry});
  if (steps.empty()) return {};
  return {steps};
}

json Search::believed_numbers() const { return app::steps_of(input_.believed, {StepRole::kRange, StepRole::kStore}); }

bool resizes(const json& geometry) {
  return std::any_of(geometry.begin(), geometry.end(), [](const json& step) { return step.contains("resize") || step.contains("letterbox"); });
}

std::vector<Candidate> Search::variants_of(const Candidate& coarse, bool real, const std::string& decoder) const {
  std::vector<Candidate> variants;
  std::vector<Resizer> resizers(all_resizers().begin(), all_resizers().end());
  if (!resizes(coarse.look.geometry)) resizers.resize(1);
  const auto add = [&](bool turn_first, bool gray_first) {
    for (const Resizer& resizer : resizers) {
      if (real && resizer.library != "pillow" && resizer.library != "opencv") continue;
      Candidate one = coarse;
      one.look.resizer = resizer;
      one.look.turn_first = turn_first;
      one.look.gray_first = gray_first;
      one.look.real = real;
      one.look.decoder = decoder;
      variants.push_back(std::move(one));
    }
  };
  const bool gray = coarse.look.order[0] == 'g', turned = !coarse.look.turn.empty();
  add(false, false);
  if (turned) add(true, false);
  if (gray) add(false, true);
  if (gray && turned) add(true, true);
  return variants;
}

void Search::compare(Candidate& candidate) {
  Match match(input_.frame.channels);
  const Sights& sights = sights_of(candidate.reading);
  candidate.explained = -1;
  candidate.functional = false;
  size_t numbers = 0;
  for (size_t e = 0; e < input_.exhibits.size(); ++e) {
    if (numbers >= kEnough && !match.functional() && 1 - match.explained() > kWorthMore) break;
    numbers += sights.by_exhibit[e].numbers.size();
    pixels_ += input_.exhibits[e].photo.elements() / 3;
    const app::Value& photo = photo_of(input_.exhibits[e], candidate.look);
    const auto picture = picture_of(photo, candidate.look, input_.tensor);
    if (!picture || picture->elements() != input_.frame.elements()) return;
    if (picture->dtype != DType::kUInt8 && picture->dtype != DType::kFloat32) return;
    if (!match.add(*picture, sights.by_exhibit[e], 1, border_of(photo, candidate.look, input_.tensor))) return;
  }
  candidate.explained = match.explained();
  candidate.functional = match.functional();
}

/// The match once more, for the table of values; else pixels of the first exhibits.
Numbers Search::numbers_of(const Candidate& candidate) const {
  const Sights& sights = sights_of(candidate.reading);
  const int channels = input_.frame.channels;
  Match match(channels);
  Pairs pairs;
  for (size_t e = 0; e < input_.exhibits.size(); ++e) {
    const app::Value& photo = photo_of(input_.exhibits[e], candidate.look);
    const auto picture = picture_of(photo, candidate.look, input_.tensor);
    if (!picture) return {};
    if (candidate.functional) {
      match.add(*picture, sights.by_exhibit[e], 1, border_of(photo, candidate.look, input_.tensor));
    } else if (e == 0) {
      pairs = pairs_of(*picture, sights.by_exhibit[e], channels, 800);
    }
  }
  if (candidate.functional) pairs = pairs_of(match, channels);
  return find_numbers(pairs, candidate.reading.dtype, input_.tensor, believed_numbers());
}

/// The pixel that a letterbox's border must have been to become what stands there.
void Search::find_fill(Candidate& candidate) const {
  if (!candidate.look.letterboxed()) return;
  for (size_t e = 0; e < input_.exhibits.size(); ++e) {
    const app::Value& photo = photo_of(input_.exhibits[e], candidate.look);
    const std::vector<uint8_t> border = border_of(photo, candidate.look, input_.tensor);
    const Sight& sight = sights_of(candidate.reading).by_exhibit[e];
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

/// Finds the numbers of a candidate; true where they meet every pair.
bool Search::settle(Candidate candidate) {
  candidate.numbers = numbers_of(candidate);
  find_fill(candidate);
  const bool met = candidate.numbers.missed == 0;
  const bool better = !best_ || (met && best_->numbers.missed > 0) || (met == (best_->numbers.missed == 0) && candidate.explained > best_->explained);
  if (better) best_ = std::move(candidate);
  return met;
}

bool Search::look_closely(const Candidate& coarse, bool real, const std::string& decoder) {
  if (pixels_ > kMostPixels) return false;
  std::vector<Candidate> variants = variants_of(coarse, real, decoder);
  bool alike = false;
  // A few at a time, the likeliest first: mostly one of the first few is it.
  for (size_t begin = 0; begin < variants.size(); begin += kAtOnce) {
    const size_t count = std::min(kAtOnce, variants.size() - begin);
    parallel_for(count, input_.threads, [&](int, size_t i) { compare(variants[begin + i]); });
    for (size_t i = begin; i < begin + count; ++i) {
      if (!variants[i].functional && !(variants[i].explained > 1 - kSameReal)) continue;
      alike = true;
      if (settle(variants[i])) return true;
    }
  }
  if (alike) return false;
  std::stable_sort(variants.begin(), variants.end(), by_explained);
  if (leading_.empty())
    for (size_t i = 0; i < std::min(variants.size(), kLeading); ++i) leading_.push_back(variants[i].look.resizer);
  return settle_nearest(variants);
}

/// Integers made of real pixels are no function of bytes and explain less than bytes' own steps do: the best of either kind is asked.
bool Search::settle_nearest(const std::vector<Candidate>& sorted) {
  for (const bool real : {true, false})
    for (const Candidate& one : sorted) {
      const auto method = image::method_from_name(one.look.resizer.method);
      const auto library = image::library_from_name(one.look.resizer.library);
      if (one.explained <= 0 || (one.look.real || image::gives_float(*method, *library)) != real) continue;
      if (settle(one)) return true;
      break;
    }
  return false;
}

bool Search::look_closely(const std::vector<Candidate>& candidates) {
  const bool other_decoder = std::any_of(input_.exhibits.begin(), input_.exhibits.end(), [](const Exhibit& e) { return !e.photo_tensorflow.bytes.empty(); });
  for (size_t i = 0; i < std::min(candidates.size(), kExactly); ++i) {
    // Far behind the best: another picture altogether.
    if (i > 0 && 1 - candidates[i].explained > 6 * (1 - candidates[0].explained) + 0.02) break;
    if (look_closely(candidates[i], false, "")) return true;
    if (other_decoder && look_closely(candidates[i], false, "tensorflow")) return true;
  }
  return false;
}

bool Search::look_with(const Resizer& resizer, const std::vector<Candidate>& candidates) {
  if (pixels_ > kMostPixels) return false;
  std::vector<Candidate> tried;
  for (const Candidate& one : candidates) {
    if (1 - one.explained > 3 * (1 - candidates[0].explained) + 0.02) break;
    for (Candidate& variant : variants_of(one, false, best_ ? best_->look.decoder : ""))
      if (variant.look.resizer.method == resizer.method && variant.look.resizer.library == resizer.library) tried.push_back(std::move(variant));
  }
  parallel_for(tried.size(), input_.threads, [&](int, size_t i) { compare(tried[i]); });
  std::stable_sort(tried.begin(), tried.end(), by_explained);
  for (const Candidate& one : tried)
    if ((one.functional || one.explained > 1 - kSameReal) && settle(one)) return true;
  return settle_nearest(tried);
}

/// Geometries that take the parts of the photos which the tensors show.
std::vector<json> Search::registered(const Candidate& coarse) const {
  const auto& turns = all_turns();
  const auto turn = static_cast<size_t>(std::find(turns.begin(), turns.end(), coarse.look.turn) - turns.begin());
  std::vector<image::Box> boxes;
  std::vector<Size> sizes;
  for (size_t e = 0; e < input_.exhibits.size(); ++e) {
    const auto found = register_box(input_.exhibits[e].photo, sights_of(coarse.reading).by_exhibit[e], input_.frame, turn);
    if (!found || found->explained < 0.9) continue;
    boxes.push_back(found->box);
    sizes.push_back({input_.exhibits[e].photo.shape[1], input_.exhibits[e].photo.shape[0]});
  }
  const bool quarter = turn == 2 || turn == 4 || turn == 6 || turn == 7;
  return geometries_for(boxes, sizes, quarter ? input_.frame.height : input_.frame.width, quarter ? input_.frame.width : input_.frame.height);
}

std::optional<Candidate> Search::run() {
  see();
  if (sights_.empty()) return std::nullopt;
  std::vector<Size> sizes;
  for (const Exhibit& exhibit : input_.exhibits) sizes.push_back({exhibit.photo.shape[1], exhibit.photo.shape[0]});
  const int width = input_.frame.width, height = input_.frame.height;
  std::vector<json> geometries = believed_geometries();
  for (json& one : usual_geometries(width, height, sizes)) geometries.push_back(std::move(one));
  const std::vector<Candidate> coarse = screen(input_, sights_, geometries, 24);
  if (coarse.empty()) return std::nullopt;
  if (look_closely(coarse)) return best_;

  // Turns and readings that lead, with the parts of the photos that they show.
  std::vector<json> more;
  for (size_t i = 0; i < std::min<size_t>(coarse.size(), 3); ++i)
    for (json& one : registered(coarse[i]))
      if (std::find(more.begin(), more.end(), one) == more.end()) more.push_back(std::move(one));
  if (!more.empty()) {
    const std::vector<Candidate> finer = screen(input_, sights_, more, 60);
    for (const Resizer& resizer : leading_)
      if (look_with(resizer, finer)) return best_;
    if (!finer.empty() && look_closely(finer)) return best_;
    // The best so far may have shown another resizer.
    if (best_ && look_with(best_->look.resizer, finer)) return best_;
  }
  const Candidate leader = best_ ? *best_ : coarse.front();
  if (look_closely(leader, true, "")) return best_;
  const std::vector<Candidate> twice = screen(input_, sights_, double_resizes(width, height), 6);
  if (!twice.empty() && twice.front().explained > leader.explained - 0.2 && look_closely(twice)) return best_;
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
