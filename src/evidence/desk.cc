#include "evidence/desk.h"

#include "app/output.h"
#include "app/score.h"
#include "numerics/sign_flip.h"
#include "trace/npz.h"

namespace whyzero::evidence {
namespace {

const trace::Array* array_of(const trace::Arrays& arrays, const std::string& tensor) {
  if (auto it = arrays.find(tensor); it != arrays.end()) return &it->second;
  return arrays.size() == 1 ? &arrays.begin()->second : nullptr;
}

}  // namespace

std::optional<Desk> compare_with_desk(const Case& a_case) {
  const app::App& app = a_case.app;
  const auto& deployed = a_case.symptom.evaluation.answers;
  if (!app.expect.contains("model_outputs") || !app.expect["model_outputs"].is_string() || !a_case.binding || deployed.empty()) return std::nullopt;
  const auto arrays = trace::read_npz(app.resolve(app.expect["model_outputs"].get<std::string>()));
  if (!arrays) return std::nullopt;
  app::TensorInfo tensor = a_case.binding->output_tensor;
  const trace::Array* array = array_of(*arrays, tensor.name);
  if (!array || array->dtype != DType::kFloat32 || array->shape.empty() || array->shape[0] != static_cast<int64_t>(deployed.size()) ||
      array->elements() != deployed.size() * tensor.elements() || array->data.size() != array->elements() * sizeof(float))
    return std::nullopt;
  // The float model's numbers are real already: an app's "dequantize" must leave them as they are.
  tensor.dtype = DType::kFloat32;
  tensor.scale = 1;
  tensor.zero_point = 0;
  const size_t row = tensor.elements() * sizeof(float);
  std::vector<std::optional<app::Answer>> answers(deployed.size());
  Desk desk;
  for (size_t i = 0; i < deployed.size(); ++i) {
    if (!deployed[i]) continue;
    auto answer = app::decode_output({array->data.data() + i * row, row}, tensor, app.output.decode);
    if (!answer) return std::nullopt;
    ++desk.samples;
    desk.agree += answer->label && answer->label == deployed[i]->label;
    answers[i] = std::move(*answer);
  }
  const app::Scored scored = app::score(app.output, answers, a_case.truth);
  const auto& before = a_case.symptom.evaluation.scored.correct;
  desk.value = scored.value;
  for (size_t i = 0; i < scored.correct.size() && i < before.size(); ++i) {
    if (!scored.correct[i] || !before[i]) continue;
    desk.gained += *scored.correct[i] && !*before[i];
    desk.lost += !*scored.correct[i] && *before[i];
  }
  desk.p_value = numerics::mcnemar_exact(desk.gained, desk.lost);
  return desk;
}

}  // namespace whyzero::evidence
