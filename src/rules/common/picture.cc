#include "rules/common/picture.h"

#include "app/edit.h"
#include "app/step.h"

namespace whyzero::rules {

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
