#include "evidence/recalibration.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <utility>

#include "app/first_inputs.h"
#include "evidence/chance.h"
#include "graph/layers.h"
#include "graph/options.h"
#include "graph/tflite_writer.h"
#include "runtime/interpreter.h"

namespace whyzero::evidence {
namespace {

using graph::Layer;

/// A batch norm's statistics need some pictures; each has many positions.
constexpr size_t kSamples = 32;
/// Whether the signal fades is seen on fewer.
constexpr size_t kFirstSamples = 8;
/// The channels of a normalized layer deviate by about their gamma, which is near 1.
constexpr double kLeastDeviation = 0.5, kMostDeviation = 2;
/// Between the first and the last convolution a trained network keeps its signal within this factor.
constexpr double kFading = 4;
/// What a reset of the statistics costs a trained model, at least.
constexpr double kLeastGain = 0.25;

struct Channel {
  double mean = 0, deviation = 0;
};

schema::ActivationFunctionType activation_of(const graph::Node& node) {
  return node.op == schema::BuiltinOperator_CONV_2D ? graph::options<schema::Conv2DOptions>(node).fused_activation_function()
                                                    : graph::options<schema::DepthwiseConv2DOptions>(node).fused_activation_function();
}

float activated(schema::ActivationFunctionType activation, float x) {
  switch (activation) {
    case schema::ActivationFunctionType_RELU: return std::max(x, 0.0f);
    case schema::ActivationFunctionType_RELU6: return std::clamp(x, 0.0f, 6.0f);
    case schema::ActivationFunctionType_RELU_N1_TO_1: return std::clamp(x, -1.0f, 1.0f);
    case schema::ActivationFunctionType_TANH: return std::tanh(x);
    default: return x;
  }
}

/// Float convolutions with their own kernel and bias, by node.
std::map<int, Layer> convolutions(const graph::Subgraph& graph) {
  std::map<int, Layer> found;
  for (const Layer& layer : graph::layers(graph)) {
    const graph::Node& node = graph.nodes[static_cast<size_t>(layer.node)];
    const bool conv = node.op == schema::BuiltinOperator_CONV_2D || node.op == schema::BuiltinOperator_DEPTHWISE_CONV_2D;
    const auto stored = [&](int tensor) {
      return tensor >= 0 && graph.tensors[static_cast<size_t>(tensor)].constant && graph.tensors[static_cast<size_t>(tensor)].dtype == DType::kFloat32 &&
             !graph.tensors[static_cast<size_t>(tensor)].sparse;
    };
    if (conv && stored(layer.kernel) && stored(layer.bias)) found.emplace(layer.node, layer);
  }
  return found;
}

/// The same model with bare convolutions: what batch norm saw.
graph::GraphPatch without_activations(const graph::Subgraph& graph, const std::map<int, Layer>& layers) {
  graph::GraphPatch patch;
  for (const auto& [index, layer] : layers) {
    const graph::Node& node = graph.nodes[static_cast<size_t>(index)];
    if (activation_of(node) == schema::ActivationFunctionType_NONE) continue;
    const bool depthwise = node.op == schema::BuiltinOperator_DEPTHWISE_CONV_2D;
    patch.push_back(graph::SetOption{0, index, node.options_type,
                                     depthwise ? uint16_t{schema::DepthwiseConv2DOptions::VT_FUSED_ACTIVATION_FUNCTION}
                                               : uint16_t{schema::Conv2DOptions::VT_FUSED_ACTIVATION_FUNCTION},
                                     int8_t{schema::ActivationFunctionType_NONE}});
  }
  return patch;
}

std::vector<Channel> channels_of(const ops::Tensor& tensor, int units) {
  std::vector<Channel> channels(static_cast<size_t>(units));
  const size_t positions = tensor.elements() / channels.size();
  const float* x = tensor.as<float>();
  for (size_t c = 0; c < channels.size(); ++c) {
    double sum = 0, squares = 0;
    for (size_t i = 0; i < positions; ++i) sum += x[i * channels.size() + c];
    const double mean = sum / static_cast<double>(positions);
    for (size_t i = 0; i < positions; ++i) squares += (x[i * channels.size() + c] - mean) * (x[i * channels.size() + c] - mean);
    channels[c] = {mean, std::sqrt(squares / static_cast<double>(positions))};
  }
  return channels;
}

double median_deviation(const std::vector<Channel>& channels) {
  std::vector<double> deviations;
  for (const Channel& c : channels) deviations.push_back(c.deviation);
  std::nth_element(deviations.begin(), deviations.begin() + static_cast<std::ptrdiff_t>(deviations.size() / 2), deviations.end());
  return deviations[deviations.size() / 2];
}

/// Sees bare convolutions of a whole batch, normalizes them if asked to, and applies the activation itself.
struct Normalizer final : runtime::Observer {
  const graph::Subgraph& graph;  // with its activations
  const std::map<int, Layer>& layers;
  bool normalizes = false;
  std::map<int, std::vector<Channel>> seen;  // by node, before normalization
  std::map<int, bool> normalized;

  Normalizer(const graph::Subgraph& of, const std::map<int, Layer>& which, bool change) : graph(of), layers(which), normalizes(change) {}

  void node_end(int subgraph, const graph::Node& node, std::span<ops::Tensor* const> outputs) override {
    const auto it = layers.find(node.index);
    if (subgraph != 0 || it == layers.end() || outputs.empty() || !outputs[0] || outputs[0]->elements() == 0) return;
    ops::Tensor& tensor = *outputs[0];
    const auto units = static_cast<size_t>(it->second.units);
    if (tensor.dtype != DType::kFloat32 || tensor.elements() % units != 0) return;
    const std::vector<Channel> channels = channels_of(tensor, it->second.units);
    seen[node.index] = channels;
    const auto usual = [](const Channel& c) { return c.deviation >= kLeastDeviation && c.deviation <= kMostDeviation; };
    const bool change = normalizes && !std::all_of(channels.begin(), channels.end(), usual);
    normalized[node.index] = change;
    const auto bias = graph::constant_values(graph, it->second.bias);
    const auto activation = activation_of(graph.nodes[static_cast<size_t>(node.index)]);
    float* x = tensor.as<float>();
    for (size_t i = 0; i < tensor.elements(); ++i) {
      const size_t c = i % units;
      if (change && channels[c].deviation > 0 && bias)
        x[i] = static_cast<float>((x[i] - channels[c].mean) / channels[c].deviation + (*bias)[c]);
      x[i] = activated(activation, x[i]);
    }
  }
};

/// All samples as one batch through the bare model. False where it cannot run so.
bool run_batch(const std::shared_ptr<const graph::Model>& bare, const std::vector<std::vector<std::vector<uint8_t>>>& samples, Normalizer& normalizer) {
  auto made = runtime::Interpreter::create(bare);
  if (!made || (*made)->inputs() != 1) return false;
  runtime::Interpreter& interpreter = **made;
  ops::Shape shape = interpreter.input(0).shape;
  if (shape.size() != 4 || shape[0] != 1) return false;
  shape[0] = static_cast<int32_t>(samples.size());
  if (!interpreter.resize_input(0, shape)) return false;
  std::vector<uint8_t> batch;
  for (const auto& sample : samples) batch.insert(batch.end(), sample[0].begin(), sample[0].end());
  // A constant batch size behind the convolutions stops the rest only; what was seen before it is good.
  return interpreter.set_input(0, batch) && interpreter.invoke(&normalizer) && normalizer.seen.size() == normalizer.layers.size();
}

std::vector<uint8_t> bytes_of(const std::vector<float>& values) {
  std::vector<uint8_t> bytes(values.size() * sizeof(float));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

/// Kernels and biases that do what the normalizer did: (z - mean) / deviation + bias for z = kernel · x + bias.
graph::GraphPatch folded(const graph::Subgraph& graph, const Normalizer& normalizer) {
  graph::GraphPatch patch;
  for (const auto& [index, layer] : normalizer.layers) {
    if (!normalizer.normalized.at(index)) continue;
    auto kernel = graph::constant_values(graph, layer.kernel), bias = graph::constant_values(graph, layer.bias);
    if (!kernel || !bias) continue;
    const std::vector<Channel>& channels = normalizer.seen.at(index);
    const size_t units = channels.size(), per_unit = kernel->size() / units;
    for (size_t i = 0; i < kernel->size(); ++i) {
      const double deviation = channels[layer.units_last ? i % units : i / per_unit].deviation;
      if (deviation > 0) (*kernel)[i] = static_cast<float>((*kernel)[i] / deviation);
    }
    for (size_t c = 0; c < units; ++c)
      if (channels[c].deviation > 0) (*bias)[c] = static_cast<float>(((*bias)[c] - channels[c].mean) / channels[c].deviation + (*bias)[c]);
    patch.push_back(graph::SetData{0, layer.kernel, bytes_of(*kernel)});
    patch.push_back(graph::SetData{0, layer.bias, bytes_of(*bias)});
  }
  return patch;
}

}  // namespace

std::optional<Recalibration> recalibrate(const Case& a_case) {
  if (!a_case.binding || !seldom_right(a_case) || app::keeps_state(*a_case.model)) return std::nullopt;
  const graph::Subgraph& graph = a_case.model->main();
  const std::map<int, Layer> layers = convolutions(graph);
  if (layers.size() < 3) return std::nullopt;
  const auto bare = graph::patched(*a_case.model, without_activations(graph, layers));
  if (!bare) return std::nullopt;
  const auto few = app::first_inputs(a_case.app, *a_case.model, kFirstSamples);
  if (!few || few->size() < kFirstSamples) return std::nullopt;

  Normalizer as_deployed(graph, layers, false);
  if (!run_batch(*bare, *few, as_deployed)) return std::nullopt;
  const double first = median_deviation(as_deployed.seen.begin()->second);
  Recalibration result;
  double worst = 1;
  for (const auto& [node, channels] : as_deployed.seen) {
    const double ratio = first > 0 ? median_deviation(channels) / first : 1;
    const double distance = ratio > 0 ? std::max(ratio, 1 / ratio) : kFading;
    if (distance <= worst) continue;
    worst = distance;
    result.node = node;
    result.fading = ratio;
  }
  // A wrong range of the input is felt by the first layer as by the last.
  if (worst < kFading || first < kLeastDeviation / 10 || first > kMostDeviation * 10) return std::nullopt;

  Normalizer fresh(graph, layers, true);
  const auto samples = app::first_inputs(a_case.app, *a_case.model, kSamples);
  if (!samples || !run_batch(*bare, *samples, fresh)) return std::nullopt;
  const auto bytes = graph::apply_patch(*a_case.model, folded(graph, fresh));
  if (!bytes) return std::nullopt;
  result.model = std::make_shared<const std::vector<uint8_t>>(*bytes);
  const graph::Reading reading = graph::read_tflite(result.model);
  if (!reading.model) return std::nullopt;
  const auto mended = app::evaluate(a_case.app, reading.model);
  if (!mended || !mended->scored.value) return std::nullopt;
  result.before = *a_case.symptom.evaluation.scored.value;
  result.after = *mended->scored.value;
  result.samples = mended->scored.samples;
  if (result.after < result.before + kLeastGain || result.after < 2 * result.before || result.after < 0.5) return std::nullopt;
  return result;
}

}  // namespace whyzero::evidence
