#include "rules/common/metadata.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "app/edit.h"
#include "app/metadata.h"
#include "rules/common/packed_labels.h"
#include "rules/common/picture.h"

namespace whyzero::rules {
namespace {

using app::StepRole;
using nlohmann::json;

/// Ranges that differ by less than this share are one convention in two spellings, or a quantized tensor's rounding.
constexpr double kSameRange = 0.02;

float at(const std::vector<float>& numbers, int channel) { return numbers[std::min(numbers.size() - 1, size_t(channel))]; }

void compare_range(const evidence::Case& a_case, size_t k, std::vector<Contradiction>& list) {
  const auto wanted = app::input_normalization(*a_case.model, static_cast<size_t>(a_case.binding->input_of[k]));
  const auto picture = picture_of(a_case, k);
  const json& pipeline = a_case.input(k).pipeline;
  if (!wanted || !picture || a_case.sources[k]->captured() || !app::steps_of(pipeline, {StepRole::kMemory}).empty()) return;
  const auto fed = black_and_white(app::steps_of(pipeline, {StepRole::kRange, StepRole::kStore}), picture->channels, a_case.input_tensor(k));
  for (int channel = 0; channel < picture->channels && !fed.empty(); ++channel) {
    const double black = fed[size_t(channel)], white = fed[size_t(channel + picture->channels)];
    const double mean = at(wanted->mean, channel), deviation = at(wanted->std, channel);
    const std::array<double, 2> promised = {-mean / deviation, (255 - mean) / deviation};
    const double span = std::fabs(promised[1] - promised[0]);
    if (std::fabs(black - promised[0]) <= kSameRange * span && std::fabs(white - promised[1]) <= kSameRange * span) continue;
    list.push_back({a_case.input(k).pointer + "/pipeline",
                    fmt::format("they want pixels in {:.4g}…{:.4g} (mean {:.6g}, deviation {:.6g}), the app feeds {:.4g}…{:.4g}", promised[0], promised[1], mean, deviation, black, white)});
    return;
  }
}

}  // namespace

std::vector<Contradiction> metadata_against_model(const evidence::Case& a_case) {
  std::vector<Contradiction> list;
  const auto described = app::described_tensors(*a_case.model);
  if (!described) return list;
  const graph::Subgraph& graph = a_case.model->main();
  if ((described->inputs != 0 && described->inputs != graph.inputs.size()) || (described->outputs != 0 && described->outputs != graph.outputs.size()))
    list.push_back({"/model", fmt::format("they describe {} inputs and {} outputs, the model has {} and {}", described->inputs, described->outputs, graph.inputs.size(), graph.outputs.size())});
  if (!a_case.binding) return list;
  for (size_t k = 0; k < a_case.app.inputs.size(); ++k) {
    const auto colours = app::described_colours(*a_case.model, static_cast<size_t>(a_case.binding->input_of[k]));
    const auto& shape = a_case.input_tensor(k).shape;
    const int32_t channels = shape.size() == 4 ? shape[3] : 0;
    if ((colours == app::ColourSpace::kRgb && channels == 1) || (colours == app::ColourSpace::kGray && channels == 3))
      list.push_back({"/model", fmt::format("they promise {} pictures, input {} has {} channel(s)", colours == app::ColourSpace::kRgb ? "RGB" : "gray", a_case.input_tensor(k).name, channels)});
  }
  const auto packed = app::packed_labels(*a_case.model, static_cast<size_t>(a_case.binding->output));
  if (packed && a_case.classes > 1 && packed->labels.size() != static_cast<size_t>(a_case.classes))
    list.push_back({"/output/labels", fmt::format("the label file packed with them ({}) has {} lines, the model {} classes", packed->file, packed->labels.size(), a_case.classes)});
  return list;
}

std::vector<Contradiction> metadata_against_app(const evidence::Case& a_case) {
  std::vector<Contradiction> list;
  if (!a_case.binding) return list;
  for (size_t k = 0; k < a_case.app.inputs.size(); ++k) compare_range(a_case, k, list);
  if (const auto difference = packed_difference(a_case))
    list.push_back({"/output/labels", fmt::format("against the labels packed with them ({}) the app shows {}", difference->packed.file, difference->text)});
  return list;
}

}  // namespace whyzero::rules
