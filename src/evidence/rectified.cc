#include "evidence/rectified.h"

#include <memory>

#include "app/first_inputs.h"
#include "base/parallel.h"
#include "graph/options.h"

namespace whyzero::evidence {

bool rectifies(const graph::Node& node) {
  const auto relu = [](auto activation) { return activation == schema::ActivationFunctionType_RELU || activation == schema::ActivationFunctionType_RELU6; };
  switch (node.op) {
    case schema::BuiltinOperator_RELU:
    case schema::BuiltinOperator_RELU6: return true;
    case schema::BuiltinOperator_FULLY_CONNECTED: return relu(graph::options<schema::FullyConnectedOptions>(node).fused_activation_function());
    case schema::BuiltinOperator_CONV_2D: return relu(graph::options<schema::Conv2DOptions>(node).fused_activation_function());
    case schema::BuiltinOperator_DEPTHWISE_CONV_2D: return relu(graph::options<schema::DepthwiseConv2DOptions>(node).fused_activation_function());
    default: return false;
  }
}

std::vector<bool> run_first_samples(const Case& a_case, const nlohmann::json& document, size_t count, const std::function<runtime::Observer&(size_t)>& observer) {
  const auto app = app::parse_app(document, a_case.app.base);
  if (!app || !a_case.model) return {};
  const auto samples = app::first_inputs(*app, *a_case.model, count);
  if (!samples) return {};
  std::vector<std::unique_ptr<runtime::Interpreter>> interpreters(static_cast<size_t>(default_threads()));
  for (auto& interpreter : interpreters) {
    auto made = runtime::Interpreter::create(a_case.model);
    if (!made) return {};
    interpreter = std::move(*made);
  }
  std::vector<char> ran(samples->size());  // bits of vector<bool> are not written side by side
  parallel_for(samples->size(), static_cast<int>(interpreters.size()), [&](int worker, size_t k) {
    runtime::Interpreter& interpreter = *interpreters[static_cast<size_t>(worker)];
    const auto& inputs = (*samples)[k];
    interpreter.reset_state();
    bool fed = true;
    for (size_t slot = 0; slot < inputs.size(); ++slot) fed = fed && interpreter.set_input(static_cast<int>(slot), inputs[slot]).has_value();
    ran[k] = fed && interpreter.invoke(&observer(k));
  });
  return {ran.begin(), ran.end()};
}

}  // namespace whyzero::evidence
