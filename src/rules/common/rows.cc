// Scalings of rows of numbers, of tables and arrays: what the app declares left out, what is usual from the data's own statistics.
#include <algorithm>
#include <cmath>

#include "app/edit.h"
#include "rules/common/columns.h"
#include "rules/common/picture.h"

namespace whyzero::rules {
namespace {

using app::StepRole;
using nlohmann::json;

json normalize(double scale, double offset) { return {{"normalize", {{"scale", rounded(scale)}, {"offset", rounded(offset)}}}}; }

/// The numbers' steps as they should be; how they are stored stays, and integers are quantized where nothing says how.
Change change_to(std::string code, std::string text, double prior, bool declared, json steps, bool integer) {
  return {std::move(code), std::move(text), prior, declared, [steps = std::move(steps), integer](const json& pipeline) -> std::optional<json> {
            json changed = app::replace_steps(pipeline, {StepRole::kRange}, steps);
            if (integer && app::steps_of(changed, {StepRole::kStore}).empty()) changed.push_back({{"quantize", "affine"}});
            return changed;
          }};
}

/// A column that is not scaled as the others are: far from zero, wide or narrow where they are around zero and about one wide.
bool is_off(const Column& c) { return std::abs(c.mean) > 4 || c.deviation > 5 || (c.deviation > 0 && c.deviation < 0.05); }

/// The one standardize step with the data's own numbers for the columns that are off.
std::optional<json> with_columns_mended(const json& own, const std::vector<Column>& raw, const std::vector<Column>& fed) {
  if (own.size() != 1 || !own[0].contains("standardize")) return std::nullopt;
  json steps = own;
  json &mean = steps[0]["standardize"]["mean"], &deviation = steps[0]["standardize"]["std"];
  if (!mean.is_array() || !deviation.is_array() || mean.size() != raw.size() || deviation.size() != raw.size() || fed.size() != raw.size()) return std::nullopt;
  size_t off = 0;
  for (size_t j = 0; j < raw.size(); ++j) {
    if (!is_off(fed[j])) continue;
    ++off;
    mean[j] = rounded(raw[j].mean);
    deviation[j] = rounded(raw[j].deviation > 0 ? raw[j].deviation : 1);
  }
  if (off == 0 || off == raw.size()) return std::nullopt;
  return steps;
}

/// Where the arithmetic on the numbers begins and ends.
std::pair<size_t, size_t> range_steps(const json& pipeline) {
  size_t first = pipeline.size(), last = pipeline.size();
  for (size_t i = 0; i < pipeline.size(); ++i) {
    const StepRole role = app::role_of(pipeline[i]);
    if (role == StepRole::kRange && first == pipeline.size()) first = i;
    if (role > StepRole::kRange && last == pipeline.size()) last = i;
  }
  return {std::min(first, last), last};
}

}  // namespace

std::vector<Change> row_changes(const evidence::Case& a_case, size_t k) {
  const auto numbers = numbers_of(a_case, k);
  if (!numbers) return {};
  const json& pipeline = a_case.input(k).pipeline;
  const app::TensorInfo& tensor = a_case.input_tensor(k);
  const bool integer = dtype_is_integer(tensor.dtype);
  if (integer && tensor.scale <= 0) return {};  // indices, not quantities
  const json own = app::steps_of(pipeline, {StepRole::kRange}), stored = app::steps_of(pipeline, {StepRole::kStore, StepRole::kMemory});
  const bool per_feature = std::any_of(own.begin(), own.end(), [](const json& step) { return !step.contains("normalize"); });
  std::vector<Change> changes;
  const auto add = [&](std::string code, std::string text, double prior, bool declared, json steps) {
    if (steps != own) changes.push_back(change_to(std::move(code), std::move(text), prior, declared, std::move(steps), integer));
  };

  const std::string undo = per_feature ? "P014" : own.size() > 1 ? "P003" : "P002";
  for (size_t i = 0; i < own.size(); ++i) {
    json rest = own;
    rest.erase(i);
    add(undo, own.size() > 1 ? "scale once" : "feed the numbers as they are", 1.0, true, rest);
  }
  const auto [first, last] = range_steps(pipeline);
  const auto raw = columns_of(a_case, k, pipeline, first);
  if (raw) {
    const bool spread = on_many_scales(*raw);
    const double prior = own.empty() ? 1.0 : 0.2;
    add("P014", "standardize every column by its mean and deviation", prior, own.empty() && spread, json::array({standardize(*raw)}));
    add("P014", "bring every column to 0…1", 0.5 * prior, own.empty() && spread, json::array({minmax(*raw, 0)}));
    add("P014", "bring every column to -1…1", 0.2 * prior, false, json::array({minmax(*raw, -1)}));
    if (const auto fed = columns_of(a_case, k, pipeline, last))
      if (auto steps = with_columns_mended(own, *raw, *fed)) add("P014", "standardize the columns that are not", 1.0, true, std::move(*steps));
  }
  // One scale for all numbers: pictures and signals in arrays.
  const double low = numbers->low, high = numbers->high;
  if (high > low && std::isfinite(high - low)) {
    const double prior = raw ? 0.1 : 0.4, width = low >= 0 ? high : high - low, start = low >= 0 ? 0 : low;
    // What sensors and files count to: the ends seen are rarely the ends possible.
    const double ends[] = {1, 15, 16, 255, 1023, 4095, 32767, 65535};
    const auto end = std::find_if(std::begin(ends), std::end(ends), [&](double e) { return low >= 0 && high <= e; });
    const double full = end != std::end(ends) && high > *end / 2 ? *end : width;
    add("P002", "feed 0…1", prior, false, json::array({normalize(1 / full, -start / full)}));
    add("P002", "feed -1…1", prior, false, json::array({normalize(2 / full, -2 * start / full - 1)}));
    if (high <= 1.001 && low >= -1.001) add("P002", "feed 0…255", 0.3 * prior, false, json::array({low < 0 ? normalize(127.5, 127.5) : normalize(255, 0)}));
    if (numbers->deviation > 0)
      add("P002", "take away the mean of all numbers and divide by their deviation", 0.3 * prior, false,
          json::array({normalize(1 / numbers->deviation, -numbers->mean / numbers->deviation)}));
  }
  // Real numbers for an integer tensor are quantized by its parameters.
  if (integer && !(stored.size() == 1 && stored[0] == json({{"quantize", "affine"}})))
    changes.push_back({"P004", "quantize with the tensor's scale and zero point", 1.0, true, [](const json& p) -> std::optional<json> {
                         return app::replace_steps(p, {StepRole::kStore, StepRole::kMemory}, json::array({{{"quantize", "affine"}}}));
                       }});
  return changes;
}

}  // namespace whyzero::rules
