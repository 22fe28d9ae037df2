#include "rules/common/picture.h"

#include <algorithm>

#include "app/edit.h"
#include "app/recover/differences.h"
#include "app/step.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

/// How often an author is wrong about a step of an app that is right: what is taken for granted is seldom written down wrongly.
constexpr double kBelievedInError = 0.01;

/// Without what changes nothing: colours as they come, and real numbers made real.
json without_idle(json steps) {
  const bool real = std::any_of(steps.begin(), steps.end(), [](const json& step) { return app::role_of(step) == app::StepRole::kRange; });
  if (steps.is_array())
    steps.erase(std::remove_if(steps.begin(), steps.end(), [&](const json& step) { return step == json{{"channels", "rgb"}} || (real && step == json{{"cast", "float32"}}); }), steps.end());
  return steps;
}

/// Whether the change makes the app do what the author of captured tensors believes that it does, in one more way. Where the tensors prove
/// a cause by themselves, it is that cause's change.
bool is_believed(const evidence::Case& a_case, size_t k, std::string_view code, const json& changed) {
  if (k >= a_case.recoveries.size() || !a_case.recoveries[k] || a_case.sources[k]->captured() || a_case.recoveries[k]->believed.empty()) return false;
  const auto& facts = a_case.recoveries[k]->facts;
  const auto proves = [](const recover::Fact& fact) { return !fact.code.empty(); };
  if (std::any_of(facts.begin(), facts.end(), proves) && std::none_of(facts.begin(), facts.end(), [&](const recover::Fact& fact) { return fact.code == code; })) return false;
  const json believed = without_idle(a_case.recoveries[k]->believed);
  const auto apart = [&](const json& pipeline) { return recover::differences(believed, without_idle(pipeline)).size(); };
  return apart(changed) < apart(a_case.input(k).pipeline);
}

}  // namespace

std::optional<Picture> picture_of(const evidence::Case& a_case, size_t k) {
  const app::SourceKind kind = a_case.input(k).kind;
  if (kind != app::SourceKind::kImages && kind != app::SourceKind::kFrames) return std::nullopt;
  std::vector<int32_t> shape = a_case.input_tensor(k).shape;
  if (shape.size() == 4 && shape[0] == 1) shape.erase(shape.begin());
  if (shape.size() == 2) shape.push_back(1);
  if (shape.size() != 3) return std::nullopt;
  const auto channels = [](int n) { return n == 1 || n == 3 || n == 4; };
  if (channels(shape[2])) return Picture{shape[0], shape[1], shape[2], false};
  if (channels(shape[0])) return Picture{shape[1], shape[2], shape[0], true};
  return std::nullopt;
}

std::vector<double> black_and_white(const nlohmann::json& steps, int channels, const app::TensorInfo& tensor) {
  app::Value value;
  value.shape = {1, 2, channels};
  value.bytes.assign(size_t(channels), 0);
  value.bytes.resize(2 * size_t(channels), 255);
  if (!app::run_steps(value, steps, 0, steps.size(), tensor) || value.dtype != tensor.dtype) return {};
  std::vector<double> numbers;
  for (size_t i = 0; i < value.elements(); ++i) {
    const double number = app::number_at(value.dtype, value.bytes.data(), i);
    numbers.push_back(tensor.scale > 0 ? (number - tensor.zero_point) * tensor.scale : number);
  }
  return numbers;
}

void propose_changes(const evidence::Case& a_case, std::string_view code, std::string_view axis,
                     std::vector<Change> (*changes)(const evidence::Case&, size_t), std::vector<evidence::Hypothesis>& out) {
  for (size_t k = 0; k < a_case.app.inputs.size(); ++k) {
    const std::string pointer = a_case.input(k).pointer;
    for (Change& change : a_case.sources[k]->captured() ? captured_changes(a_case, k) : changes(a_case, k)) {
      if (change.code != code) continue;
      evidence::Hypothesis h;
      h.code = code;
      h.axis = std::string(axis) + pointer;
      h.text = std::move(change.text);
      h.pointer = pointer + "/pipeline";
      h.prior = change.prior;
      h.declared = change.declared;
      h.must_restore = change.must_restore;
      if (const auto changed = change.edit(a_case.input(k).pipeline); changed && is_believed(a_case, k, code, *changed)) {
        h.declared = true;
        h.prior = std::max(h.prior, 1.0);
        h.data_p = kBelievedInError;
        h.must_restore = 0;
        h.text += ", as the app file believes";
      }
      h.edit = [pointer, edit = std::move(change.edit)](const nlohmann::json& document) -> std::optional<nlohmann::json> {
        auto pipeline = edit(app::pipeline_at(document, pointer));
        if (!pipeline) return std::nullopt;
        nlohmann::json changed = document;
        app::set_pipeline(changed, pointer, std::move(*pipeline));
        return changed;
      };
      out.push_back(std::move(h));
    }
  }
}

}  // namespace whyzero::rules
