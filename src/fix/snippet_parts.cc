#include "fix/snippet_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/check.h"
#include "app/edit.h"

namespace whyzero::fix {
namespace {

using app::StepRole;
using nlohmann::json;

std::string order_of(const json& pipeline) {
  std::string order = "rgb";
  for (const json& step : pipeline)
    if (step.contains("channels")) order = step["channels"].get<std::string>();
  return order;
}

std::vector<std::string> input_pointers(const json& document) {
  if (!document.contains("inputs")) return {"/input"};
  std::vector<std::string> pointers;
  for (size_t k = 0; k < document["inputs"].size(); ++k) pointers.push_back("/inputs/" + std::to_string(k));
  return pointers;
}

bool loop_speaks_of(StepRole role) {
  return role == StepRole::kChannels || role == StepRole::kRange || role == StepRole::kStore || role == StepRole::kLayout;
}

bool is_geometry(StepRole role) { return role == StepRole::kGeometry || role == StepRole::kOrientation; }

std::vector<double> numbers_of(const json& value) {
  std::vector<double> numbers;
  for (const json& one : value.is_array() ? value : json::array({value})) numbers.push_back(one.get<double>());
  return numbers;
}

}  // namespace

std::vector<InputChange> input_changes(const json& before, const json& after, const app::Binding& binding) {
  std::vector<InputChange> changes;
  const std::vector<std::string> pointers = input_pointers(after);
  for (size_t k = 0; k < pointers.size() && k < std::min(binding.tensors.size(), binding.input_of.size()); ++k) {
    const json old_steps = app::pipeline_at(before, pointers[k]), new_steps = app::pipeline_at(after, pointers[k]);
    if (old_steps == new_steps) continue;
    const json source = after.value(json::json_pointer(pointers[k]), json::object());
    size_t head = 0, tail = 0;
    while (head < old_steps.size() && head < new_steps.size() && old_steps[head] == new_steps[head]) ++head;
    while (tail + head < old_steps.size() && tail + head < new_steps.size() && old_steps[old_steps.size() - 1 - tail] == new_steps[new_steps.size() - 1 - tail]) ++tail;
    InputChange change{static_cast<size_t>(binding.input_of[k]), json::array(), json::array(), order_of(old_steps), order_of(new_steps), new_steps, !source.contains("tensors"), &binding.tensors[k]};
    for (size_t i = head; i + tail < old_steps.size(); ++i) change.dropped.push_back(old_steps[i]);
    for (size_t i = head; i + tail < new_steps.size(); ++i) change.wanted.push_back(new_steps[i]);
    changes.push_back(std::move(change));
  }
  return changes;
}

std::optional<OutputChange> output_change(const json& before, const json& after, const app::Binding& binding) {
  const json old_output = before.value("output", json::object()), new_output = after.value("output", json::object());
  if (old_output == new_output) return std::nullopt;
  OutputChange change;
  change.decode = new_output.value("decode", json::array({{{"argmax", json::object()}}}));
  const json labels = new_output.value("labels", json());
  if (labels.is_array() && labels != old_output.value("labels", json())) change.labels = labels;
  change.label_offset = new_output.value("label_offset", 0);
  change.tensor = &binding.output_tensor;
  change.output = static_cast<size_t>(binding.output);
  change.another = old_output.value("tensor", json(0)) != new_output.value("tensor", json(0));
  return change;
}

std::optional<PixelLoop> pixel_loop(const InputChange& change) {
  if (!change.from_photos) return std::nullopt;
  PixelLoop loop;
  loop.order = change.order_after;
  const auto& shape = change.tensor->shape;
  for (const json& step : change.pipeline) {
    const StepRole role = app::role_of(step);
    const std::string name = step.begin().key();
    if (name == "normalize" || name == "standardize" || name == "minmax")
      loop.scalings.push_back(step[name]);
    else if (name == "quantize" && step[name] == "affine")
      loop.quantized = true;
    else if (name == "layout")
      loop.channels_first = true;
    else if (role == StepRole::kMemory || role == StepRole::kColumns || name == "quantize")
      return std::nullopt;
  }
  if (shape.size() == 2 && !loop.channels_first) {
    loop.features = shape[1];
    return loop;
  }
  if (shape.size() != 4) return std::nullopt;
  loop.height = loop.channels_first ? shape[2] : shape[1];
  loop.width = loop.channels_first ? shape[3] : shape[2];
  return loop;
}

Lines input_lines(const InputChange& change, Language language, Lines (*geometry)(const json& step), Lines (*loop)(const InputChange& change)) {
  std::string all = memory_lines(change, language);
  for (const json& step : geometry_steps(change)) {
    const Lines lines = geometry(step);
    if (!lines) return std::nullopt;
    all += *lines;
  }
  if (!changes_pixels(change)) return all;
  const Lines lines = loop(change);
  return lines ? Lines(all + *lines) : std::nullopt;
}

bool changes_pixels(const InputChange& change) {
  for (const json* steps : {&change.dropped, &change.wanted})
    for (const json& step : *steps)
      if (loop_speaks_of(app::role_of(step))) return true;
  return false;
}

std::vector<json> geometry_steps(const InputChange& change) {
  std::vector<json> steps;
  bool changed = false;
  for (const json* side : {&change.dropped, &change.wanted})
    for (const json& step : *side) changed = changed || is_geometry(app::role_of(step)) || app::role_of(step) == StepRole::kExif;
  for (const json& step : change.pipeline)
    if (changed && (is_geometry(app::role_of(step)) || app::role_of(step) == StepRole::kExif)) steps.push_back(step);
  return steps;
}

std::vector<int> channel_places(const std::string& order) {
  if (order == "bgr") return {2, 1, 0};
  if (order == "rgba") return {0, 1, 2, 3};
  if (order == "bgra") return {2, 1, 0, 3};
  if (order == "argb") return {3, 0, 1, 2};
  return {0, 1, 2};
}

std::string number_text(double value) {
  std::string text = fmt::format("{:.9g}", value);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

std::string scaling_text(const json& normalize, const std::string& x, const Syntax& syntax) {
  const auto operand = [&](const json& value) {
    const std::vector<double> numbers = numbers_of(value);
    return numbers.size() == 1 ? number_text(numbers[0]) + syntax.suffix : syntax.list(numbers) + syntax.index;
  };
  if (normalize.contains("min")) {
    const std::string low = operand(normalize["min"]);
    std::string text = fmt::format("({} - {}) / ({} - {})", x, low, operand(normalize["max"]), low);
    const double from = normalize.value(json::json_pointer("/to/0"), 0.0), to = normalize.value(json::json_pointer("/to/1"), 1.0);
    if (to - from != 1) text += " * " + number_text(to - from) + syntax.suffix;
    return from == 0 ? text : text + (from < 0 ? " - " : " + ") + number_text(std::fabs(from)) + syntax.suffix;
  }
  if (normalize.contains("mean") || normalize.contains("std")) {
    const std::string mean = operand(normalize.value("mean", json(0)));
    return fmt::format("({} - {}) / {}", x, mean, operand(normalize.value("std", json(1))));
  }
  const json scale = normalize.value("scale", json(1)), offset = normalize.value("offset", json(0));
  std::string text = x;
  if (scale.is_number()) {
    // 1/255 and 1/127.5 are written as people write them.
    const double whole = std::round(2 / scale.get<double>()) / 2, given = scale.get<double>();
    if (given != 1 && given > 0 && given < 1 && std::fabs(whole * given - 1) < 1e-7)
      text += " / " + number_text(whole) + syntax.suffix;
    else if (given != 1)
      text += " * " + operand(scale);
  } else {
    text += " * " + operand(scale);
  }
  if (!offset.is_number()) return text + " + " + operand(offset);
  if (offset.get<double>() == 0) return text;
  return text + (offset.get<double>() < 0 ? " - " : " + ") + number_text(std::fabs(offset.get<double>())) + syntax.suffix;
}

}  // namespace whyzero::fix
