#include "evidence/loudness.h"

#include <cmath>

#include "app/first_inputs.h"
#include "app/step.h"

namespace whyzero::evidence {

using nlohmann::json;

std::optional<double> loudness(const Case& a_case, const json& document) {
  const auto app = app::parse_app(document, a_case.app.base);
  if (!app) return std::nullopt;
  const auto binding = app::bind(*app, *a_case.model);
  if (!binding || binding->tensors.empty()) return std::nullopt;
  const auto samples = app::first_inputs(*app, *a_case.model, 2);
  if (!samples) return std::nullopt;
  const app::TensorInfo& tensor = binding->tensors.front();
  const size_t size = dtype_size(tensor.dtype), slot = static_cast<size_t>(binding->input_of.front());
  double count = 0, sum = 0, squares = 0;
  for (const auto& inputs : *samples)
    for (size_t i = 0; size > 0 && i < inputs[slot].size() / size; ++i) {
      double x = app::number_at(tensor.dtype, inputs[slot].data(), i);
      if (tensor.scale > 0) x = (x - tensor.zero_point) * tensor.scale;
      if (!std::isfinite(x)) continue;
      ++count;
      sum += x;
      squares += x * x;
    }
  if (count == 0) return std::nullopt;
  return std::sqrt(std::max(0.0, squares / count - sum / count * (sum / count)));
}

}  // namespace whyzero::evidence
