// P021 bit-depth: 16-bit photos are saturated to 255 or cut to their low byte.
#include "rules/rule.h"

#include <algorithm>
#include <cstdlib>

#include "app/edit.h"
#include "rules/common/picture.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

/// JPEG decoders differ by a level or two, deep photos by their whole range.
constexpr double kDeep = 8;

double mean_difference(const app::Value& a, const app::Value& b) {
  if (a.bytes.size() != b.bytes.size() || a.bytes.empty()) return 0;
  double sum = 0;
  for (size_t i = 0; i < a.bytes.size(); ++i) sum += std::abs(int{a.bytes[i]} - int{b.bytes[i]});
  return sum / static_cast<double>(a.bytes.size());
}

/// Some photos come out quite otherwise with the high byte kept. Turned photos differ as well, and are another cause.
bool has_deep_photos(const evidence::Case& a_case, size_t k, image::DecodeLike like) {
  const app::Source& source = *a_case.sources[k];
  for (size_t i = 0; i < std::min<size_t>(source.size(), 8); ++i) {
    const auto as_is = source.first_value(i, like, a_case.input_tensor(k));
    const auto high = source.first_value(i, image::DecodeLike::kOpenCV, a_case.input_tensor(k));
    if (as_is && high && as_is->exif == 1 && mean_difference(*as_is, *high) > kDeep) return true;
  }
  return false;
}

std::vector<Change> depth_changes(const evidence::Case& a_case, size_t k) {
  const json& pipeline = a_case.input(k).pipeline;
  const image::DecodeLike like = app::decode_like(pipeline);
  if (a_case.input(k).kind != app::SourceKind::kImages || like == image::DecodeLike::kOpenCV || !has_deep_photos(a_case, k, like)) return {};
  return {{"P021", "keep the high byte of 16-bit photos (as OpenCV reads them)", 1.0, true, [](const json& p) -> std::optional<json> {
             json changed = json::array({{{"decode", {{"like", "opencv"}}}}});
             for (const json& step : p)
               if (app::role_of(step) != app::StepRole::kDecode) changed.push_back(step);
             return changed;
           }}};
}

}  // namespace

extern constinit const Rule unit_bit_depth{
    .code = "P021",
    .name = "bit-depth",
    .summary = "16-bit photos are saturated to 255 or cut to their low byte",
    .documentation = R"(## What it finds
Photos with 16 bits a channel (PNG of scanners, microscopes, depth cameras) read by code that makes 8 bits of them by clipping
or by dropping the high byte.

## Why it hurts
Nearly every pixel becomes 255, or noise.

## Evidence
The photos decoded with their high byte kept differ from what the app reads; then the same photos fed so.

## Example
Image.open(file).convert("RGB") of a 16-bit gray PNG: Pillow clips at 255.

## Fix safety
Safe: another decoder; or divide by 257 before the conversion to 8 bits.

## When to ignore it
When the values were recorded with less than 8 bits inside the 16.
)",
    .propose = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
      propose_changes(a_case, rule.code, "depth", &depth_changes, hypotheses);
    },
};

}  // namespace whyzero::rules
