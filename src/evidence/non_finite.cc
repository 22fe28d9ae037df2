#include "evidence/non_finite.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/interpreter.h"

namespace whyzero::evidence {
namespace {

/// No photo, sound or table has numbers beyond it; bytes read as floats do.
constexpr float kAbsurd = 1e18f;

bool finite(const ops::Tensor& tensor) {
  if (tensor.dtype != DType::kFloat32 || !tensor.data) return true;
  const float* x = tensor.as<float>();
  return std::all_of(x, x + tensor.elements(), [](float v) { return std::isfinite(v); });
}

bool has_nan(const ops::Tensor& tensor) {
  const float* x = tensor.as<float>();
  return std::any_of(x, x + tensor.elements(), [](float v) { return std::isnan(v); });
}

bool absurd(const ops::Tensor& tensor) {
  if (tensor.dtype != DType::kFloat32 || !tensor.data) return false;
  const float* x = tensor.as<float>();
  return std::any_of(x, x + tensor.elements(), [](float v) { return !(std::abs(v) < kAbsurd); });
}

const graph::Node* maker_of(const graph::Subgraph& graph, int tensor) {
  for (const graph::Node& node : graph.nodes)
    if (std::find(node.outputs.begin(), node.outputs.end(), tensor) != node.outputs.end()) return &node;
  return nullptr;
}

/// From a tensor that is not finite back to where that began.
NonFinite origin_of(const runtime::Interpreter& interpreter, int tensor) {
  const graph::Subgraph& graph = interpreter.subgraph();
  NonFinite origin;
  for (size_t steps = 0; steps <= graph.nodes.size(); ++steps) {
    const graph::Node* node = maker_of(graph, tensor);
    origin.tensor = tensor;
    origin.node = node ? node->index : -1;
    origin.nan = has_nan(interpreter.tensor(tensor));
    origin.fed = !node;
    if (!node) return origin;
    const auto from = std::find_if(node->inputs.begin(), node->inputs.end(), [&](int t) {
      return t >= 0 && !interpreter.tensor(t).constant && !finite(interpreter.tensor(t));
    });
    if (from != node->inputs.end()) {
      tensor = *from;
      continue;
    }
    for (int input : node->inputs) {
      if (input < 0 || interpreter.tensor(input).constant || interpreter.tensor(input).dtype != DType::kFloat32) continue;
      const ops::Tensor& read = interpreter.tensor(input);
      const float* x = read.as<float>();
      origin.source = input;
      if (read.elements() == 0) continue;
      const auto [low, high] = std::minmax_element(x, x + read.elements());
      origin.low = *low;
      origin.high = *high;
      break;
    }
    return origin;
  }
  return origin;
}

}  // namespace

std::optional<NonFinite> find_non_finite(const Case& a_case) {
  if (!a_case.binding || a_case.symptom.failure || !a_case.symptom.evaluation.nan) return std::nullopt;
  runtime::InterpreterOptions options;
  options.keep_all = true;
  auto made = runtime::Interpreter::create(a_case.model, options);
  if (!made) return std::nullopt;
  runtime::Interpreter& interpreter = **made;
  const int output = a_case.binding->output_tensor.index;
  std::optional<NonFinite> found;
  int of = 0, samples = 0;
  for (size_t i = 0; i < a_case.sources.front()->size(); ++i) {
    if (a_case.app.reset_between) interpreter.reset_state();
    bool readable = true, fed = false;
    for (size_t k = 0; k < a_case.app.inputs.size() && readable; ++k) {
      const auto value = app::input_value(*a_case.sources[k], a_case.app.inputs[k], i, a_case.binding->tensors[k]);
      readable = value && interpreter.set_input(a_case.binding->input_of[k], value->bytes);
      fed = fed || (readable && absurd(interpreter.input(a_case.binding->input_of[k])));
    }
    if (!readable || !interpreter.invoke() || !interpreter.available(output)) continue;
    ++of;
    if (finite(interpreter.tensor(output))) continue;
    ++samples;
    if (found) continue;
    found = origin_of(interpreter, output);
    found->fed = found->fed || fed;
    found->first = a_case.sources.front()->place(i);
  }
  if (found) {
    found->samples = samples;
    found->of = of;
  }
  return found;
}

}  // namespace whyzero::evidence
