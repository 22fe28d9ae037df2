#include "app/recover/verify.h"

#include <algorithm>
#include <cmath>

#include "app/recover/geometry.h"
#include "app/step.h"
#include "base/parallel.h"

namespace whyzero::recover {
namespace {

using nlohmann::json;

/// TensorFlow's resizers are met within 1e-4 of 0…255; the tensor's own range stands for those 255.
constexpr double kNearShare = 1e-4 / 100;

bool good(Verdict verdict) { return verdict == Verdict::kExact || verdict == Verdict::kNear; }

SampleResidual compare(const app::Value& made, const std::vector<uint8_t>& captured, const app::TensorInfo& tensor) {
  SampleResidual residual;
  if (made.bytes == captured) {
    residual.verdict = Verdict::kExact;
    return residual;
  }
  if (made.bytes.size() != captured.size()) return residual;
  const size_t count = tensor.elements();
  double least = 0, most = 0;
  size_t unlike = 0;
  for (size_t i = 0; i < count; ++i) {
    const double a = app::number_at(tensor.dtype, captured.data(), i), b = app::number_at(tensor.dtype, made.bytes.data(), i);
    if (i == 0) least = most = a;
    if (std::isfinite(a)) least = std::min(least, a), most = std::max(most, a);
    const double distance = a == b || (std::isnan(a) && std::isnan(b)) ? 0 : std::isfinite(a - b) ? std::fabs(a - b) : HUGE_VAL;
    unlike += distance > 0;
    residual.largest = std::max(residual.largest, distance);
    residual.mean += distance / double(count);
  }
  const bool integer = dtype_is_integer(tensor.dtype);
  const bool near = integer ? residual.largest <= 1 && unlike * 100 <= count : residual.largest <= kNearShare * (most - least);
  residual.verdict = near ? Verdict::kNear : Verdict::kDiffers;
  return residual;
}

SampleResidual of_sample(const Memory& memory, const app::Source& originals, size_t i, const json& pipeline, const app::TensorInfo& tensor) {
  SampleResidual residual;
  residual.verdict = Verdict::kUnreadable;
  if (!memory.bytes) return residual;
  const auto made = run_on_photo(originals, i, pipeline, tensor);
  if (!made) return residual;
  residual = compare(*made, *memory.bytes, tensor);
  if (residual.verdict == Verdict::kDiffers && memory.constant) residual.verdict = Verdict::kConstant;
  return residual;
}

/// Beginnings that matter for some photos only.
std::vector<json> other_beginnings(const json& pipeline) {
  std::vector<json> list;
  json rest = pipeline;
  std::string decoder;
  if (!rest.empty() && rest[0].contains("decode")) {
    decoder = rest[0]["decode"].value("like", "");
    rest.erase(0);
  }
  if (!rest.empty() && rest[0].contains("exif")) rest.erase(0);
  const auto with = [&](std::vector<json> steps) {
    json whole = json::array();
    for (json& step : steps) whole.push_back(std::move(step));
    for (const json& step : rest) whole.push_back(step);
    if (whole != pipeline) list.push_back(std::move(whole));
  };
  const json exif = {{"exif", "apply"}}, opencv = {{"decode", {{"like", "opencv"}}}}, tensorflow = {{"decode", {{"like", "tensorflow"}}}};
  if (decoder.empty()) with({exif});
  with({opencv});
  if (decoder.empty()) with({tensorflow});
  return list;
}

/// The same with a share of the photo that is a little other: one photo may round them alike.
std::vector<json> other_shares(const json& pipeline) {
  std::vector<json> list;
  for (size_t i = 0; i < pipeline.size(); ++i) {
    if (!pipeline[i].contains("crop") || !pipeline[i]["crop"].contains("central")) continue;
    const double share = pipeline[i]["crop"]["central"];
    const auto add = [&](double other) {
      if (other == share || std::fabs(other - share) > 0.0151 || other <= 0 || other > 1) return;
      for (const bool tensorflow : {false, true}) {
        json changed = pipeline;
        changed[i]["crop"] = {{"central", other}};
        if (tensorflow) changed[i]["crop"]["library"] = "tensorflow";
        list.push_back(std::move(changed));
      }
    };
    for (int k = 1; k < 16; ++k) add(k / 16.0);
    for (int k = 1; k < 200; ++k) add(k / 200.0);
  }
  return list;
}

/// Tries other pipelines on the samples that differ; the one that mends most of them and spoils none is taken.
void mend(const std::vector<json>& pipelines, const std::vector<Memory>& memories, const app::Source& originals, const app::TensorInfo& tensor, int threads, Recovery& recovery) {
  std::vector<size_t> bad;
  for (size_t i = 0; i < memories.size(); ++i)
    if (recovery.samples[i].verdict == Verdict::kDiffers) bad.push_back(i);
  size_t most = 0;
  std::vector<SampleResidual> best;
  for (const json& pipeline : pipelines) {
    if (bad.empty()) break;
    std::vector<SampleResidual> tried(bad.size());
    parallel_for(bad.size(), threads, [&](int, size_t k) { tried[k] = of_sample(memories[bad[k]], originals, bad[k], pipeline, tensor); });
    const auto mended = static_cast<size_t>(std::count_if(tried.begin(), tried.end(), [](const SampleResidual& r) { return good(r.verdict); }));
    if (mended <= most) continue;
    std::vector<SampleResidual> all(memories.size());
    parallel_for(memories.size(), threads, [&](int, size_t i) { all[i] = of_sample(memories[i], originals, i, pipeline, tensor); });
    bool spoiled = false;
    for (size_t i = 0; i < all.size(); ++i) spoiled = spoiled || (good(recovery.samples[i].verdict) && !good(all[i].verdict));
    if (spoiled) continue;
    most = mended;
    best = std::move(all);
    recovery.pipeline = pipeline;
  }
  if (most > 0) recovery.samples = std::move(best);
}

/// A sample that holds another's picture: the tensor of an earlier one, or what the pipeline makes of the photo before.
void find_stale(const std::vector<Memory>& memories, const app::Source& originals, const app::TensorInfo& tensor, Recovery& recovery) {
  for (size_t i = 1; i < memories.size(); ++i) {
    SampleResidual& residual = recovery.samples[i];
    if (residual.verdict != Verdict::kDiffers) continue;
    for (size_t j = i; j-- > 0 && !residual.like;)
      if (memories[j].bytes && *memories[j].bytes == *memories[i].bytes) residual.like = j;
    if (!residual.like)
      if (const auto made = run_on_photo(originals, i - 1, recovery.pipeline, tensor); made && made->bytes == *memories[i].bytes) residual.like = i - 1;
    if (residual.like) residual.verdict = Verdict::kStale;
  }
}

}  // namespace

Result<app::Value> run_on_photo(const app::Source& originals, size_t i, const json& pipeline, const app::TensorInfo& tensor) {
  WHYZERO_ASSIGN(app::Value value, originals.first_value(i, app::decode_like(pipeline), tensor));
  WHYZERO_TRY(app::run_steps(value, pipeline, 0, pipeline.size(), tensor));
  WHYZERO_TRY(app::finish_value(value, tensor));
  return value;
}

void verify(const std::vector<Memory>& memories, const app::Source& originals, const app::TensorInfo& tensor, int threads, Recovery& recovery) {
  parallel_for(memories.size(), threads, [&](int, size_t i) { recovery.samples[i] = of_sample(memories[i], originals, i, recovery.pipeline, tensor); });
  mend(other_beginnings(recovery.pipeline), memories, originals, tensor, threads, recovery);
  // Few photos may not tell two resizers apart that more of them do.
  if (std::any_of(recovery.samples.begin(), recovery.samples.end(), [](const SampleResidual& r) { return good(r.verdict); }))
    for (const std::vector<json>& others : {other_shares(recovery.pipeline), other_resizers(recovery.pipeline)})
      mend(others, memories, originals, tensor, threads, recovery);
  find_stale(memories, originals, tensor, recovery);
  size_t exact = 0, near = 0, differ = 0;
  for (const SampleResidual& residual : recovery.samples) {
    exact += residual.verdict == Verdict::kExact;
    near += residual.verdict == Verdict::kNear;
    differ += residual.verdict == Verdict::kDiffers;
  }
  recovery.exact = exact > 0 && near == 0 && differ == 0;
  recovery.near = exact + near > 0 && differ == 0;
}

}  // namespace whyzero::recover
