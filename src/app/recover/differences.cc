#include "app/recover/differences.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/edit.h"
#include "app/metadata.h"
#include "app/step.h"

namespace whyzero::recover {
namespace {

using app::StepRole;
using nlohmann::json;

constexpr std::pair<StepRole, const char*> kRoles[] = {
    {StepRole::kDecode, "decoder"}, {StepRole::kExif, "exif"},   {StepRole::kGeometry, "geometry"}, {StepRole::kOrientation, "orientation"},
    {StepRole::kChannels, "channels"}, {StepRole::kRange, "range"}, {StepRole::kStore, "store"},    {StepRole::kLayout, "layout"},
    {StepRole::kMemory, "memory"},
};

/// The real numbers that bytes 0 and 255 become, channel by channel; empty where the steps do not run.
std::vector<float> ends_of(const json& steps, int channels, const app::TensorInfo& tensor) {
  app::Value value;
  value.shape = {2, 1, channels};
  value.bytes.resize(2 * size_t(channels));
  std::fill(value.bytes.begin() + channels, value.bytes.end(), uint8_t{255});
  if (!app::run_steps(value, steps, 0, steps.size(), tensor)) return {};
  const bool quantized = value.dtype == tensor.dtype && dtype_is_integer(tensor.dtype) && tensor.scale > 0;
  app::make_float(value);
  for (size_t i = 0; quantized && i < value.elements(); ++i) value.as<float>()[i] = (value.as<float>()[i] - static_cast<float>(tensor.zero_point)) * tensor.scale;
  return {value.as<float>(), value.as<float>() + value.elements()};
}

}  // namespace

std::vector<Difference> differences(const json& believed, const json& recovered) {
  std::vector<Difference> list;
  for (const auto& [role, about] : kRoles) {
    const json a = app::steps_of(believed, {role}), b = app::steps_of(recovered, {role});
    if (a != b) list.push_back({about, a, b});
  }
  return list;
}

std::vector<std::string> against_model(const json& recovered, const graph::Model& model, size_t input, const app::TensorInfo& tensor) {
  std::vector<std::string> list;
  const auto frame = frame_of(tensor);
  if (!frame) return list;
  for (const json& step : app::steps_of(recovered, {StepRole::kMemory}))
    list.push_back(fmt::format("no model wants {}: it is how the tensor was filled wrongly", step.dump()));
  const bool first = !app::steps_of(recovered, {StepRole::kLayout}).empty();
  if (frame->channels > 1 && first != frame->channels_first)
    list.push_back(fmt::format("the tensor's shape {} has channels {}, what is fed has them {}", app::shape_text(tensor.shape), frame->channels_first ? "first" : "last",
                               first ? "first" : "last"));
  const json range = app::steps_of(recovered, {StepRole::kRange}), stored = app::steps_of(recovered, {StepRole::kRange, StepRole::kStore});
  if (const auto wanted = app::input_normalization(model, input)) {
    const json steps = json::array({{{"normalize", {{"mean", wanted->mean}, {"std", wanted->std}}}}});
    const std::vector<float> want = ends_of(steps, frame->channels, tensor), has = ends_of(stored, frame->channels, tensor);
    float apart = 0, span = 0;
    for (size_t i = 0; i < want.size() && i < has.size(); ++i) apart = std::max(apart, std::fabs(want[i] - has[i])), span = std::max(span, std::fabs(want[i]));
    if (!want.empty() && apart > 0.03f * span)
      list.push_back(fmt::format("the model's metadata wants {}, what is fed has {}", steps[0].dump(), range.empty() ? "no normalization" : range.dump()));
  }
  return list;
}

}  // namespace whyzero::recover
