#include "graph/layers.h"

#include <algorithm>
#include <cstring>

#include "numerics/half.h"
#include "tflite_schema_generated.h"

namespace whyzero::graph {
namespace {

template <class T>
T element(const Tensor& tensor, size_t i) {
  T value;
  std::memcpy(&value, tensor.data.data() + i * sizeof(T), sizeof(T));
  return value;
}

/// How many elements have one channel's scale before the next channel begins.
size_t channel_stride(const Tensor& tensor) {
  size_t stride = 1;
  for (size_t d = static_cast<size_t>(tensor.quantization.axis) + 1; d < tensor.shape.size(); ++d)
    stride *= static_cast<size_t>(tensor.shape[d]);
  return std::max<size_t>(stride, 1);
}

template <class T>
std::vector<float> dequantized(const Tensor& tensor) {
  const Quantization& q = tensor.quantization;
  const size_t count = tensor.data.size() / sizeof(T), stride = channel_stride(tensor);
  std::vector<float> values(count);
  for (size_t i = 0; i < count; ++i) {
    const size_t channel = q.per_channel() ? i / stride % q.scales.size() : 0;
    const double zero = channel < q.zero_points.size() ? static_cast<double>(q.zero_points[channel]) : 0;
    values[i] = static_cast<float>((static_cast<double>(element<T>(tensor, i)) - zero) * q.scales[channel]);
  }
  return values;
}

template <class T, class Convert>
std::vector<float> converted(const Tensor& tensor, Convert convert) {
  std::vector<float> values(tensor.data.size() / sizeof(T));
  for (size_t i = 0; i < values.size(); ++i) values[i] = convert(element<T>(tensor, i));
  return values;
}

std::optional<std::vector<float>> values_of(const Tensor& tensor) {
  if (!tensor.constant || tensor.sparse || tensor.quantization.blockwise) return std::nullopt;
  switch (tensor.dtype) {
    case DType::kFloat32: return converted<float>(tensor, [](float x) { return x; });
    case DType::kFloat16: return converted<uint16_t>(tensor, [](uint16_t x) { return float_from_half(x); });
    default: break;
  }
  if (!tensor.quantization.present()) return std::nullopt;
  switch (tensor.dtype) {
    case DType::kInt8: return dequantized<int8_t>(tensor);
    case DType::kUInt8: return dequantized<uint8_t>(tensor);
    case DType::kInt16: return dequantized<int16_t>(tensor);
    case DType::kInt32: return dequantized<int32_t>(tensor);
    case DType::kInt64: return dequantized<int64_t>(tensor);
    default: return std::nullopt;
  }
}

const Tensor* tensor_at(const Subgraph& graph, int tensor) {
  return tensor >= 0 && static_cast<size_t>(tensor) < graph.tensors.size() ? &graph.tensors[static_cast<size_t>(tensor)] : nullptr;
}

/// By tensor: a constant of the file, or one that a DEQUANTIZE node unpacks.
std::vector<bool> constants_of(const Subgraph& graph) {
  std::vector<bool> constant(graph.tensors.size());
  for (const Tensor& tensor : graph.tensors) constant[static_cast<size_t>(tensor.index)] = tensor.constant;
  for (const Node& node : graph.nodes)
    if (node.op == schema::BuiltinOperator_DEQUANTIZE && node.inputs.size() == 1 && node.outputs.size() == 1) {
      const Tensor *packed = tensor_at(graph, node.inputs[0]), *real = tensor_at(graph, node.outputs[0]);
      if (packed && real && packed->constant) constant[static_cast<size_t>(node.outputs[0])] = true;
    }
  return constant;
}

int input_of(const Node& node, size_t k) { return k < node.inputs.size() ? node.inputs[k] : -1; }

std::optional<Layer> layer_of(const Subgraph& graph, const Node& node, const std::vector<bool>& constants) {
  const bool transposed = node.op == schema::BuiltinOperator_TRANSPOSE_CONV, dense = node.op == schema::BuiltinOperator_FULLY_CONNECTED;
  const bool depthwise = node.op == schema::BuiltinOperator_DEPTHWISE_CONV_2D;
  if (node.custom() || !(transposed || dense || depthwise || node.op == schema::BuiltinOperator_CONV_2D)) return std::nullopt;
  Layer layer;
  layer.node = node.index;
  layer.kernel = input_of(node, 1);
  layer.bias = input_of(node, transposed ? 3 : 2);
  layer.input = input_of(node, transposed ? 2 : 0);
  layer.output = node.outputs.empty() ? -1 : node.outputs[0];
  const auto is_constant = [&](int tensor) { return tensor_at(graph, tensor) && constants[static_cast<size_t>(tensor)]; };
  if (!is_constant(layer.kernel) || !tensor_at(graph, layer.input) || !tensor_at(graph, layer.output)) return std::nullopt;
  if (!is_constant(layer.bias)) layer.bias = -1;
  const std::vector<int32_t>& shape = graph.tensors[static_cast<size_t>(layer.kernel)].shape;
  if (shape.size() != (dense ? 2u : 4u) || std::any_of(shape.begin(), shape.end(), [](int32_t d) { return d <= 0 || d > 1 << 24; }))
    return std::nullopt;
  const int field = dense ? 1 : shape[1] * shape[2];
  layer.units_last = depthwise;
  layer.units = depthwise ? shape[3] : shape[0];
  layer.fan_in = field * (dense ? shape[1] : shape[3]);
  layer.fan_out = depthwise ? field : field * shape[0];
  return layer;
}

}  // namespace

std::vector<bool> nodes_before(const Subgraph& graph, const std::vector<int>& tensors) {
  std::vector<bool> needed(graph.tensors.size()), before(graph.nodes.size());
  const auto need = [&](const std::vector<int>& list) {
    for (int t : list)
      if (t >= 0 && static_cast<size_t>(t) < needed.size()) needed[static_cast<size_t>(t)] = true;
  };
  need(tensors);
  for (size_t n = graph.nodes.size(); n-- > 0;) {
    const Node& node = graph.nodes[n];
    before[n] = std::any_of(node.outputs.begin(), node.outputs.end(), [&](int t) { return t >= 0 && static_cast<size_t>(t) < needed.size() && needed[static_cast<size_t>(t)]; });
    if (before[n]) need(node.inputs);
  }
  return before;
}

int unpacking_node(const Subgraph& graph, int tensor) {
  for (const Node& node : graph.nodes)
    if (node.op == schema::BuiltinOperator_DEQUANTIZE && node.outputs.size() == 1 && node.outputs[0] == tensor) {
      const Tensor* packed = tensor_at(graph, input_of(node, 0));
      return packed && packed->constant ? node.index : -1;
    }
  return -1;
}

std::optional<std::vector<float>> constant_values(const Subgraph& graph, int tensor) {
  const int unpacking = unpacking_node(graph, tensor);
  if (unpacking >= 0) tensor = graph.nodes[static_cast<size_t>(unpacking)].inputs[0];
  const Tensor* t = tensor_at(graph, tensor);
  return t ? values_of(*t) : std::nullopt;
}

std::vector<Layer> layers(const Subgraph& graph) {
  std::vector<Layer> found;
  const std::vector<bool> constants = constants_of(graph);
  for (const Node& node : graph.nodes)
    if (auto layer = layer_of(graph, node, constants)) found.push_back(*layer);
  return found;
}

}  // namespace whyzero::graph
