#include "app/edit.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace whyzero::app {
namespace {

using nlohmann::json;

bool among(StepRole role, std::initializer_list<StepRole> roles) {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

/// RFC 6901: "~" and "/" inside a key.
std::string escaped(std::string_view key) {
  std::string text;
  for (char c : key) {
    if (c == '~')
      text += "~0";
    else if (c == '/')
      text += "~1";
    else
      text += c;
  }
  return text;
}

void diff(const json& before, const json& after, const std::string& path, json& tests, json& changes);

void diff_arrays(const json& before, const json& after, const std::string& path, json& tests, json& changes) {
  size_t head = 0;
  while (head < before.size() && head < after.size() && before[head] == after[head]) ++head;
  size_t tail = 0;
  while (tail + head < before.size() && tail + head < after.size() &&
         before[before.size() - 1 - tail] == after[after.size() - 1 - tail])
    ++tail;
  const size_t old_count = before.size() - head - tail, new_count = after.size() - head - tail;
  const size_t replaced = std::min(old_count, new_count);
  for (size_t i = 0; i < old_count; ++i)
    tests.push_back({{"op", "test"}, {"path", path + "/" + std::to_string(head + i)}, {"value", before[head + i]}});
  for (size_t i = 0; i < replaced; ++i)
    changes.push_back({{"op", "replace"}, {"path", path + "/" + std::to_string(head + i)}, {"value", after[head + i]}});
  for (size_t i = old_count; i > replaced; --i)
    changes.push_back({{"op", "remove"}, {"path", path + "/" + std::to_string(head + i - 1)}});
  for (size_t i = replaced; i < new_count; ++i)
    changes.push_back({{"op", "add"}, {"path", path + "/" + std::to_string(head + i)}, {"value", after[head + i]}});
}

void diff_objects(const json& before, const json& after, const std::string& path, json& tests, json& changes) {
  for (const auto& [key, value] : before.items()) {
    const std::string here = path + "/" + escaped(key);
    const auto it = after.find(key);
    if (it == after.end()) {
      tests.push_back({{"op", "test"}, {"path", here}, {"value", value}});
      changes.push_back({{"op", "remove"}, {"path", here}});
    } else {
      diff(value, *it, here, tests, changes);
    }
  }
  for (const auto& [key, value] : after.items())
    if (!before.contains(key)) changes.push_back({{"op", "add"}, {"path", path + "/" + escaped(key)}, {"value", value}});
}

void diff(const json& before, const json& after, const std::string& path, json& tests, json& changes) {
  if (before == after) return;
  const bool step = before.is_object() && after.is_object() && before.size() == 1 && after.size() == 1;
  if (before.is_array() && after.is_array()) return diff_arrays(before, after, path, tests, changes);
  if (before.is_object() && after.is_object() && !step) return diff_objects(before, after, path, tests, changes);
  tests.push_back({{"op", "test"}, {"path", path}, {"value", before}});
  changes.push_back({{"op", "replace"}, {"path", path}, {"value", after}});
}

}  // namespace

StepRole role_of(const json& step) {
  constexpr std::array<std::pair<std::string_view, StepRole>, 18> kRoles = {{
      {"decode", StepRole::kDecode},
      {"exif", StepRole::kExif},
      {"onehot", StepRole::kColumns},
      {"crop", StepRole::kGeometry},
      {"letterbox", StepRole::kGeometry},
      {"resize", StepRole::kGeometry},
      {"rotate", StepRole::kOrientation},
      {"flip", StepRole::kOrientation},
      {"channels", StepRole::kChannels},
      {"normalize", StepRole::kRange},
      {"standardize", StepRole::kRange},
      {"minmax", StepRole::kRange},
      {"quantize", StepRole::kStore},
      {"cast", StepRole::kStore},
      {"layout", StepRole::kLayout},
      {"reinterpret", StepRole::kMemory},
      {"byte_order", StepRole::kMemory},
      {"stride_bug", StepRole::kMemory},
  }};
  if (step.is_object() && step.size() == 1)
    for (const auto& [name, role] : kRoles)
      if (step.begin().key() == name) return role;
  return StepRole::kMemory;  // "constant"
}

json steps_of(const json& pipeline, std::initializer_list<StepRole> roles) {
  json steps = json::array();
  for (const json& step : pipeline)
    if (among(role_of(step), roles)) steps.push_back(step);
  return steps;
}

json replace_steps(const json& pipeline, std::initializer_list<StepRole> roles, const json& steps) {
  size_t place = pipeline.size();
  for (size_t i = 0; i < pipeline.size(); ++i)
    if (among(role_of(pipeline[i]), roles)) {
      place = i;
      break;
    }
  if (place == pipeline.size()) {  // none there: before the first step of a later role
    const StepRole first = *std::min_element(roles.begin(), roles.end());
    for (size_t i = 0; i < pipeline.size() && place == pipeline.size(); ++i)
      if (role_of(pipeline[i]) > first) place = i;
  }
  json result = json::array();
  for (size_t i = 0; i <= pipeline.size(); ++i) {
    if (i == place)
      for (const json& step : steps) result.push_back(step);
    if (i < pipeline.size() && !among(role_of(pipeline[i]), roles)) result.push_back(pipeline[i]);
  }
  return result;
}

json pipeline_at(const json& document, const std::string& pointer) {
  const json::json_pointer at(pointer + "/pipeline");
  return document.contains(at) ? document.at(at) : json::array();
}

void set_pipeline(json& document, const std::string& pointer, json pipeline) {
  document[json::json_pointer(pointer + "/pipeline")] = std::move(pipeline);
}

json make_patch(const json& before, const json& after) {
  json patch = json::array(), changes = json::array();
  diff(before, after, "", patch, changes);
  for (json& change : changes) patch.push_back(std::move(change));
  return patch;
}

}  // namespace whyzero::app
