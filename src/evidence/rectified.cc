#include "evidence/rectified.h"

#include "app/first_inputs.h"
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

int watch(const Case& a_case, const nlohmann::json& document, runtime::Observer& observer) {
  const auto app = app::parse_app(document, a_case.app.base);
  if (!app || !a_case.model) return 0;
  const auto samples = app::first_inputs(*app, *a_case.model, kWatchedSamples);
  auto made = runtime::Interpreter::create(a_case.model);
  if (!samples || !made) return 0;
  runtime::Interpreter& interpreter = **made;
  int ran = 0;
  for (const auto& inputs : *samples) {
    interpreter.reset_state();
    bool fed = true;
    for (size_t k = 0; k < inputs.size(); ++k) fed = fed && interpreter.set_input(static_cast<int>(k), inputs[k]).has_value();
    if (fed && interpreter.invoke(&observer)) ++ran;
  }
  return ran;
}

}  // namespace whyzero::evidence
