#include "app/recover/recover.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include "app/recover/alone.h"
#include "app/recover/betrayed.h"
#include "app/recover/lag.h"
#include "app/recover/search.h"
#include "app/recover/verify.h"
#include "app/source_kinds.h"
#include "app/step.h"
#include "base/parallel.h"

namespace whyzero::recover {
namespace {

using nlohmann::json;

/// Numbers that the search compares in all, at most this many samples: small pictures need more of them to be told apart.
constexpr size_t kNumbers = 150000, kMostExhibits = 8, kLeastExhibits = 3, kLooked = 16;

bool same_element(const std::vector<uint8_t>& memory, size_t size) {
  if (memory.size() < size) return true;
  return std::memcmp(memory.data(), memory.data() + size, memory.size() - size) == 0;
}

/// Different samples that are no constant, those first whose photos tell crops apart. Each is shown with the photo `lag` before its own.
std::vector<Exhibit> choose_exhibits(const std::vector<Memory>& memories, const app::Source& originals, const app::TensorInfo& tensor, size_t lag) {
  struct Seen {
    double oddness;
    Exhibit exhibit;
  };
  std::vector<Seen> seen;
  std::map<std::vector<uint8_t>, size_t> known;
  for (size_t i = lag; i < memories.size() && seen.size() < kLooked; ++i) {
    if (!memories[i].bytes || memories[i].constant || !known.emplace(*memories[i].bytes, i).second) continue;
    auto photo = originals.first_value(i - lag, image::DecodeLike::kPillow, tensor);
    if (!photo || photo->shape.size() != 3 || photo->shape[2] != 3) continue;
    Exhibit exhibit{i - lag, *memories[i].bytes, std::move(*photo), {}};
    const double ratio = std::fabs(std::log(double(exhibit.photo.shape[1]) / exhibit.photo.shape[0]));
    // A tag that may have been applied makes a bad witness.
    const bool tagged = exhibit.photo.exif > 1;
    seen.push_back({std::min(ratio, 1.0) - (tagged ? 2 : 0), std::move(exhibit)});
  }
  std::stable_sort(seen.begin(), seen.end(), [](const Seen& a, const Seen& b) { return a.oddness > b.oddness; });
  const size_t wanted = std::clamp(kNumbers / std::max<size_t>(1, tensor.elements()), kLeastExhibits, kMostExhibits);
  std::vector<Exhibit> exhibits;
  for (Seen& one : seen) {
    if (exhibits.size() >= wanted) break;
    auto other = originals.first_value(one.exhibit.index, image::DecodeLike::kTensorFlow, tensor);
    if (other && other->bytes != one.exhibit.photo.bytes) one.exhibit.photo_tensorflow = std::move(*other);
    exhibits.push_back(std::move(one.exhibit));
  }
  return exhibits;
}

/// The search on the photos as they are stored, and where they carry a tag, upright as well; the plainer answer counts.
std::optional<Candidate> find_candidate(const std::vector<Exhibit>& exhibits, const app::TensorInfo& tensor, const Frame& frame, const json& believed,
                                        int threads) {
  const bool tagged = std::any_of(exhibits.begin(), exhibits.end(), [](const Exhibit& e) { return e.photo.exif > 1; });
  std::optional<Candidate> found;
  if (tagged) {
    std::vector<Exhibit> upright = exhibits;
    const json steps = json::array({{{"exif", "apply"}}});
    for (Exhibit& exhibit : upright) {
      (void)app::run_steps(exhibit.photo, steps, 0, 1, tensor);
      exhibit.photo_tensorflow = {};  // TensorFlow drops the tag
    }
    found = search({upright, tensor, frame, believed, threads});
    if (found) found->look.exif = true;
    if (found && found->numbers.missed == 0 && found->look.turn.empty()) return found;
  }
  auto stored = search({exhibits, tensor, frame, believed, threads});
  if (!found || (stored && stored->explained > found->explained - 1e-9)) return stored;
  return found;
}

/// An app that never fills its buffer: what it would have fed, were it filled, then the constant.
json constant_pipeline(const Memory& memory, const json& believed, const app::TensorInfo& tensor, const Frame& frame) {
  json steps = believed;
  if (steps.empty()) {
    steps.push_back({{"resize", {{"width", frame.width}, {"height", frame.height}, {"method", "bilinear"}, {"library", "pillow"}}}});
    if (frame.channels != 3) steps.push_back({{"channels", frame.channels == 1 ? "gray" : "rgba"}});
    if (tensor.dtype != DType::kUInt8) steps.push_back({{"cast", dtype_name(tensor.dtype)}});
  }
  steps.push_back({{"constant", app::number_at(tensor.dtype, memory.bytes->data(), 0)}});
  return steps;
}

std::vector<std::vector<uint8_t>> different_memories(const std::vector<Memory>& memories) {
  std::vector<std::vector<uint8_t>> chosen;
  for (const Memory& memory : memories)
    if (memory.bytes && !memory.constant && chosen.size() < kMostExhibits && std::find(chosen.begin(), chosen.end(), *memory.bytes) == chosen.end())
      chosen.push_back(*memory.bytes);
  return chosen;
}

void count_constants(const std::vector<Memory>& memories, const app::TensorInfo& tensor, Recovery& recovery) {
  size_t constants = 0, filled = 0, repeated = 0;
  std::map<std::vector<uint8_t>, size_t> known;
  double value = 0;
  for (size_t i = 0; i < memories.size(); ++i) {
    if (!memories[i].bytes) continue;
    if (memories[i].constant) ++constants, value = app::number_at(tensor.dtype, memories[i].bytes->data(), 0);
    else ++filled;
    if (!memories[i].constant && !known.emplace(*memories[i].bytes, i).second) ++repeated;
  }
  if (constants > 0)
    recovery.facts.push_back({"P013", fmt::format("{} of {} tensors hold nothing but one value ({:g})", constants, constants + filled, value), 0.99});
  if (repeated > 0)
    recovery.facts.push_back({"P013", fmt::format("{} of {} tensors are copies of an earlier sample's", repeated, constants + filled), repeated + 1 == filled ? 0.99 : 0.7});
}

void count_late(Recovery& recovery) {
  for (size_t i = 1; i < recovery.samples.size(); ++i) recovery.late += recovery.samples[i].verdict == Verdict::kStale && recovery.samples[i].like == i - 1;
  if (recovery.late > 0)
    recovery.facts.push_back({"P013", fmt::format("{} of {} tensors hold the photo of the sample before: the app runs the model before the new photo is in its buffer",
                                                  recovery.late, recovery.samples.size()), 0.99});
}

/// The same number everywhere; 0 and -0, as pixels times zero give them, are one.
bool one_number(const std::vector<uint8_t>& bytes, DType dtype) {
  if (same_element(bytes, dtype_size(dtype))) return true;
  if (dtype != DType::kFloat16 && dtype != DType::kFloat32 && dtype != DType::kFloat64) return false;
  const size_t count = bytes.size() / dtype_size(dtype);
  const double first = app::number_at(dtype, bytes.data(), 0);
  for (size_t i = 1; i < count; ++i)
    if (app::number_at(dtype, bytes.data(), i) != first) return false;
  return true;
}

}  // namespace

const char* verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kExact: return "exact";
    case Verdict::kNear: return "near";
    case Verdict::kConstant: return "constant";
    case Verdict::kStale: return "stale";
    case Verdict::kDiffers: return "differs";
    case Verdict::kUnreadable: return "unreadable";
  }
  return "differs";
}

Result<std::unique_ptr<app::Source>> open_originals(const app::App& app, const app::Input& input, const app::Source& captured) {
  if (input.original_images.is_null()) return std::unique_ptr<app::Source>();
  app::Input photos = input;
  photos.kind = app::SourceKind::kImages;
  photos.source = input.original_images;
  WHYZERO_ASSIGN(std::unique_ptr<app::Source> source, app::open_source(app, photos));
  if (source->size() != captured.size())
    return fail(ErrorCode::kInvalidArgument, fmt::format("{}/original_images has {} photos for {} captured tensors; give one photo a tensor, in the same order",
                                                         input.pointer, source->size(), captured.size()));
  return source;
}

Result<Recovery> recover(const app::Input& input, const app::Source& captured, const app::Source* originals, const app::TensorInfo& tensor, const Options& options) {
  const int threads = options.threads > 0 ? options.threads : default_threads();
  Recovery recovery;
  recovery.pipeline = nullptr;
  recovery.believed = input.pipeline;
  std::vector<Memory> memories(captured.size());
  recovery.samples.resize(captured.size());
  std::optional<Error> first_error;
  for (size_t i = 0; i < captured.size(); ++i) {
    auto value = captured.first_value(i, image::DecodeLike::kPillow, tensor);
    if (!value) {
      recovery.samples[i].verdict = Verdict::kUnreadable;
      if (!first_error) first_error = std::move(value).error();
      continue;
    }
    memories[i].constant = one_number(value->bytes, tensor.dtype);
    memories[i].bytes = std::move(value->bytes);
  }
  if (first_error && std::none_of(memories.begin(), memories.end(), [](const Memory& m) { return m.bytes.has_value(); })) return fail(std::move(*first_error));
  count_constants(memories, tensor, recovery);
  const auto frame = frame_of(tensor);
  const auto different = different_memories(memories);
  if (frame) look_at_tensors(different, tensor, *frame, recovery);
  if (!frame || !originals) return recovery;

  const size_t lag = find_lag(memories, *originals, tensor, *frame);
  const std::vector<Exhibit> exhibits = choose_exhibits(memories, *originals, tensor, lag);
  if (!exhibits.empty()) {
    const auto found = find_candidate(exhibits, tensor, *frame, input.pipeline, threads);
    if (!found) return recovery;
    recovery.pipeline = found->pipeline(tensor);
    recovery.explained = found->explained;
  } else if (different.empty() && memories.size() > 0 && memories[0].bytes) {
    recovery.pipeline = constant_pipeline(memories[0], input.pipeline, tensor, *frame);
    recovery.explained = 1;
  } else {
    return recovery;
  }
  verify(memories, *originals, tensor, threads, recovery);
  if (lag > 0) count_late(recovery);
  if (!recovery.exact) return recovery;
  for (Fact& fact : betrayed_by_steps(recovery.pipeline, tensor, *frame))
    if (std::none_of(recovery.facts.begin(), recovery.facts.end(), [&](const Fact& f) { return f.code == fact.code; })) recovery.facts.push_back(std::move(fact));
  return recovery;
}

}  // namespace whyzero::recover
