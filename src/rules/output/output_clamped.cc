// O006 output-clamped: the output's range cannot hold the values that are true.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

#include "graph/options.h"
#include "rules/common/decoding.h"
#include "rules/rule.h"

namespace whyzero::rules {
namespace {

using evidence::Severity;

/// R² that a perfect model could still reach: below it the range costs a fifth of what there is to explain.
constexpr double kReachable = 0.8;
constexpr size_t kTellingSamples = 8;
/// Stands for a side without an end on the way through the app's decoding.
constexpr double kEndless = 1e30;

struct Range {
  double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
  std::string why;
};

schema::ActivationFunctionType fused_activation(const graph::Node& node) {
  switch (node.op) {
    case schema::BuiltinOperator_FULLY_CONNECTED: return graph::options<schema::FullyConnectedOptions>(node).fused_activation_function();
    case schema::BuiltinOperator_CONV_2D: return graph::options<schema::Conv2DOptions>(node).fused_activation_function();
    case schema::BuiltinOperator_ADD: return graph::options<schema::AddOptions>(node).fused_activation_function();
    case schema::BuiltinOperator_MUL: return graph::options<schema::MulOptions>(node).fused_activation_function();
    case schema::BuiltinOperator_RELU: return schema::ActivationFunctionType_RELU;
    case schema::BuiltinOperator_RELU6: return schema::ActivationFunctionType_RELU6;
    case schema::BuiltinOperator_RELU_N1_TO_1: return schema::ActivationFunctionType_RELU_N1_TO_1;
    case schema::BuiltinOperator_TANH: return schema::ActivationFunctionType_TANH;
    default: return schema::ActivationFunctionType_NONE;
  }
}

bool moves_only(const graph::Node& node) {
  return node.op == schema::BuiltinOperator_RESHAPE || node.op == schema::BuiltinOperator_SQUEEZE || node.op == schema::BuiltinOperator_DEQUANTIZE ||
         node.op == schema::BuiltinOperator_QUANTIZE || node.op == schema::BuiltinOperator_EXPAND_DIMS;
}

/// What the operator that makes a tensor lets through.
Range range_of_node(const graph::Subgraph& graph, int tensor) {
  for (size_t steps = 0; steps < 8; ++steps) {
    const auto node = std::find_if(graph.nodes.begin(), graph.nodes.end(), [&](const graph::Node& n) {
      return std::find(n.outputs.begin(), n.outputs.end(), tensor) != n.outputs.end();
    });
    if (node == graph.nodes.end()) return {};
    if (moves_only(*node) && !node->inputs.empty() && node->inputs[0] >= 0) {
      tensor = node->inputs[0];
      continue;
    }
    const std::string label = node->label();
    if (node->op == schema::BuiltinOperator_LOGISTIC || node->op == schema::BuiltinOperator_SOFTMAX) return {0, 1, label};
    switch (fused_activation(*node)) {
      case schema::ActivationFunctionType_RELU: return {0, std::numeric_limits<double>::infinity(), label + " with RELU"};
      case schema::ActivationFunctionType_RELU6: return {0, 6, label + " with RELU6"};
      case schema::ActivationFunctionType_RELU_N1_TO_1: return {-1, 1, label + " with RELU_N1_TO_1"};
      case schema::ActivationFunctionType_TANH: return {-1, 1, label + " with TANH"};
      default: return {};
    }
  }
  return {};
}

/// The ends of an integer type.
std::optional<std::pair<double, double>> ends_of(DType dtype) {
  switch (dtype) {
    case DType::kInt8: return std::pair{-128.0, 127.0};
    case DType::kUInt8: return std::pair{0.0, 255.0};
    case DType::kInt16: return std::pair{-32768.0, 32767.0};
    default: return std::nullopt;
  }
}

/// Through the app's decode steps: what is shown where the tensor holds `raw` real numbers (integers: steps).
std::optional<double> shown(const evidence::Case& a_case, const nlohmann::json& decode, double raw) {
  const app::TensorInfo& tensor = a_case.binding->output_tensor;
  std::vector<uint8_t> bytes(tensor.bytes());
  const size_t size = dtype_size(tensor.dtype);
  for (size_t i = 0; i + size <= bytes.size(); i += size) {
    switch (tensor.dtype) {
      case DType::kFloat32: {
        const auto x = static_cast<float>(raw);
        std::memcpy(&bytes[i], &x, size);
        break;
      }
      case DType::kInt16: {
        const auto x = static_cast<int16_t>(raw);
        std::memcpy(&bytes[i], &x, size);
        break;
      }
      case DType::kInt8:
      case DType::kUInt8: bytes[i] = static_cast<uint8_t>(static_cast<int>(raw)); break;
      default: return std::nullopt;
    }
  }
  const auto answer = app::decode_output(bytes, tensor, decode);
  if (!answer || answer->shown.empty()) return std::nullopt;
  return answer->shown.front();
}

/// What the app can show at all; nothing where it has no end.
Range range_shown(const evidence::Case& a_case, const nlohmann::json& decode) {
  const app::TensorInfo& tensor = a_case.binding->output_tensor;
  Range range = range_of_node(a_case.model->main(), tensor.index);
  if (const auto ends = ends_of(tensor.dtype)) {
    if (tensor.scale <= 0) return {};
    const auto step = [&](double real) { return std::clamp(std::round(real / tensor.scale) + tensor.zero_point, ends->first, ends->second); };
    const bool bounded = !range.why.empty();
    range.low = std::isfinite(range.low) ? step(range.low) : ends->first;
    range.high = std::isfinite(range.high) ? step(range.high) : ends->second;
    if (!bounded) range.why = fmt::format("its {} values of step {:g}", dtype_name(tensor.dtype), tensor.scale);
  }
  for (double* end : {&range.low, &range.high}) {
    const auto real = shown(a_case, decode, std::clamp(*end, -kEndless, kEndless));
    if (!real || std::isnan(*real)) return {};
    *end = std::abs(*real) < kEndless / 1e6 ? *real : std::copysign(std::numeric_limits<double>::infinity(), *real);
  }
  if (range.low > range.high) std::swap(range.low, range.high);
  return range;
}

std::vector<double> true_numbers(const evidence::Case& a_case) {
  std::vector<double> numbers;
  for (const auto& label : a_case.truth.labels) {
    double number = 0;
    if (label && std::from_chars(label->data(), label->data() + label->size(), number).ec == std::errc() && std::isfinite(number)) numbers.push_back(number);
  }
  return numbers;
}

/// How the true numbers fit into what can be shown.
struct Fit {
  size_t outside = 0;
  double reachable = 1;  // R² of a model that is right wherever it can be
};

Fit fit_into(const Range& range, const std::vector<double>& truth) {
  Fit fit;
  double mean = 0, spread = 0, lost = 0;
  for (double t : truth) mean += t / static_cast<double>(truth.size());
  for (double t : truth) {
    spread += (t - mean) * (t - mean);
    const double beyond = t - std::clamp(t, range.low, range.high);
    lost += beyond * beyond;
    fit.outside += beyond != 0;
  }
  if (spread > 0) fit.reachable = 1 - lost / spread;
  return fit;
}

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  const app::Scored& scored = a_case.symptom.evaluation.scored;
  if (!a_case.binding || scored.metric != app::Metric::kR2 || !a_case.labelled() || !scored.value || a_case.binding->output_tensor.elements() != 1) return;
  const nlohmann::json& decode = a_case.app.output.decode;
  const Range range = range_shown(a_case, decode);
  const std::vector<double> truth = true_numbers(a_case);
  if (range.why.empty() || truth.size() < kTellingSamples) return;
  const auto [outside, reachable] = fit_into(range, truth);
  if (outside == 0 || reachable > kReachable) return;
  // Integers that are only read wrongly (O001) can show the truth.
  const app::TensorInfo& tensor = a_case.binding->output_tensor;
  if (dtype_is_integer(tensor.dtype) && fit_into(range_shown(a_case, dequantized(decode)), truth).reachable > kReachable) return;
  const auto [least, most] = std::minmax_element(truth.begin(), truth.end());
  evidence::Finding finding = finding_of(
      rule, Severity::kError, evidence::Proof::kStatic,
      fmt::format("The output {} can show {:.4g} to {:.4g} only, because of {}; the true values go from {:.4g} to {:.4g}, and {} of {} lie outside. No input can "
                  "bring R² above {:.2f}. Train with a linear head (or a scale that is undone in the app), and quantize with samples of the whole range.",
                  a_case.model->main().tensors[static_cast<size_t>(a_case.binding->output_tensor.index)].label(), range.low, range.high, range.why, *least, *most, outside,
                  truth.size(), reachable));
  finding.confidence = 0.97;
  finding.where = {.stage = "model", .pointer = "/model", .tensor = a_case.binding->output_tensor.index};
  finding.alternatives = {"T014"};
  // Answers that all stand at the end of this range do not depend on the input either: this is why.
  std::erase_if(findings, [](const evidence::Finding& f) { return f.code == "M006"; });
  findings.push_back(std::move(finding));
}

}  // namespace

extern constinit const Rule unit_output_clamped{
    .code = "O006",
    .name = "output-clamped",
    .summary = "the output's range cannot hold the values that are true",
    .documentation = R"(## What it finds
A regression whose last operator is a sigmoid, tanh or a clamped ReLU, or whose quantized range ends, where the true values go on.

## Why it hurts
All larger values are shown as one and the same number.

## Evidence
The operator and the parameters of the output, through the app's own decoding, against the truth: how many values lie outside,
and the best R² that is left to any input.

## Example
A head with RELU6 for a target between 25 and 346.

## Fix safety
There is no patch: what the head never learned it cannot show. Train with a linear head, or quantize again.

## When to ignore it
Few values just beyond the end, which cost less than a fifth of the variance, are not reported.
)",
    .look = &look,
};

}  // namespace whyzero::rules
