#include "app/recover/betrayed.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "app/edit.h"
#include "app/recover/cast_trace.h"
#include "app/step.h"

namespace whyzero::recover {
namespace {

using app::StepRole;
using nlohmann::json;

/// Proven to the bit by every photo; only another pipeline that makes the same bits would say otherwise.
constexpr double kSure = 0.99;
/// Of 256 pixels, that arithmetic keeps apart: less is clamped or cut off rather than wrapped.
constexpr size_t kKeptApart = 200;
/// What becomes of all values of a pixel in the first channel; empty where the steps do not give the tensor's type.
std::vector<double> table_of(const json& steps, const app::TensorInfo& tensor, const Frame& frame) {
  const auto channels = size_t(frame.channels);
  app::Value ramp;
  ramp.shape = {256, 1, frame.channels};
  for (size_t i = 0; i < 256 * channels; ++i) ramp.bytes.push_back(static_cast<uint8_t>(i / channels));
  std::vector<double> table;
  if (!app::run_steps(ramp, steps, 0, steps.size(), tensor) || ramp.dtype != tensor.dtype || ramp.elements() != 256 * channels) return table;
  for (size_t v = 0; v < 256; ++v) table.push_back(app::number_at(ramp.dtype, ramp.bytes.data(), v * channels));
  return table;
}

bool wraps(const std::vector<double>& table) {
  double direction = 0;
  size_t turns = 0;
  for (size_t v = 1; v < table.size(); ++v) {
    const double step = table[v] - table[v - 1];
    turns += direction * step < 0;
    if (step != 0) direction = step;
  }
  return turns > 0 && std::set<double>(table.begin(), table.end()).size() >= kKeptApart;
}

}  // namespace

std::vector<Fact> betrayed_by_steps(const json& pipeline, const app::TensorInfo& tensor, const Frame& frame) {
  std::vector<Fact> facts;
  const auto add = [&](const char* code, std::string text) {
    if (std::none_of(facts.begin(), facts.end(), [&](const Fact& f) { return f.code == code; })) facts.push_back({code, "with their photos they prove that " + std::move(text), kSure});
  };
  for (const json& step : app::steps_of(pipeline, {StepRole::kMemory})) {
    if (step.contains("stride_bug")) add("P012", fmt::format("rows {} bytes apart were copied as if they were tight", step["stride_bug"]["row_bytes"].dump()));
    if (step.contains("byte_order")) add("P020", "the bytes of each number were written in reverse order");
    if (step.contains("reinterpret")) add("P006", fmt::format("bytes of another type were copied into the {} tensor as they are", dtype_name(tensor.dtype)));
  }
  const bool first = !app::steps_of(pipeline, {StepRole::kLayout}).empty();
  if (frame.channels > 1 && first != frame.channels_first)
    add("P007", fmt::format("the channels were written {}, where the tensor has them {}", first ? "first" : "last", first ? "last" : "first"));
  if (!dtype_is_integer(tensor.dtype) || tensor.scale <= 0) return facts;
  const json range = app::steps_of(pipeline, {StepRole::kRange}), store = app::steps_of(pipeline, {StepRole::kStore});
  const std::vector<double> table = table_of(app::steps_of(pipeline, {StepRole::kRange, StepRole::kStore}), tensor, frame);
  if (table.empty()) return facts;
  const bool cast = !store.empty() && store.back().contains("cast");
  if (cast && !range.empty() && shows_cast(table, tensor.dtype, tensor))
    add("P004", fmt::format("normalized numbers were cast to {} as they are, without scale and zero point", dtype_name(tensor.dtype)));
  if (dtype_size(tensor.dtype) == 1 && wraps(table))
    add("P005", fmt::format("pixels are 128 off: those beyond one end of {} came out at the other", dtype_name(tensor.dtype)));
  return facts;
}

}  // namespace whyzero::recover
