#include "quantize/float_twin.h"

#include <fmt/format.h>

#include <map>

#include "base/checked.h"
#include "base/random.h"
#include "graph/options.h"

namespace whyzero::quantize {
namespace {

/// Real copies of a model's constants take four times its bytes; beyond this the twin is not worth its memory.
constexpr size_t kMostElements = size_t{1} << 28;

bool is_quantized(const graph::Tensor& tensor) {
  return tensor.quantization.present() && !tensor.quantization.blockwise && dtype_is_integer(tensor.dtype);
}

class Maker {
 public:
  Maker(FloatTwin& twin, const TwinOptions& options) : twin_(twin), options_(options), random_(options.seed) {}

  Result<void> run() {
    for (graph::Subgraph& subgraph : twin_.model.subgraphs) {
      is_main_ = &subgraph == &twin_.model.subgraphs.front();
      find_biases(subgraph);
      for (graph::Tensor& tensor : subgraph.tensors)
        if (is_quantized(tensor)) WHYZERO_TRY(make_real(tensor));
      // The quantization of what is real now would only confuse its readers.
      for (graph::Tensor& tensor : subgraph.tensors)
        if (tensor.dtype == DType::kFloat32) tensor.quantization = {};
      for (graph::Node& node : subgraph.nodes) make_identity(subgraph, node);
    }
    return {};
  }

 private:
  void find_biases(const graph::Subgraph& subgraph) {
    biases_.clear();
    if (options_.bias == BiasScale::kOfFile) return;
    for (const graph::Node& node : subgraph.nodes) {
      const BiasPlace place = bias_place(node);
      if (place.bias < 0) continue;
      const graph::Tensor& bias = subgraph.tensors[static_cast<size_t>(node.inputs[static_cast<size_t>(place.bias)])];
      if (!is_quantized(bias) || operator_bias_scale(subgraph, node, place, 0) <= 0) continue;
      std::vector<double>& scales = biases_[bias.index];
      const graph::Tensor& weights = subgraph.tensors[static_cast<size_t>(node.inputs[static_cast<size_t>(place.weights)])];
      for (size_t c = 0; c < weights.quantization.scales.size(); ++c) scales.push_back(operator_bias_scale(subgraph, node, place, c));
    }
  }

  Result<void> make_real(graph::Tensor& tensor) {
    const graph::Quantization& q = tensor.quantization;
    if (tensor.constant) {
      if (tensor.sparse) return fail(ErrorCode::kUnsupported, fmt::format("tensor {} is sparse: it has no real twin", tensor.label()));
      const auto elements = checked_elements(tensor.shape);
      if (!elements || *elements > kMostElements || (elements_ += *elements) > kMostElements)
        return fail(ErrorCode::kOutOfMemory, fmt::format("the constants up to tensor {} are too large to be made real", tensor.label()));
      if (tensor.data.size() * 8 < *elements * dtype_bits(tensor.dtype) || !can_store_integers(tensor.dtype))
        return fail(ErrorCode::kUnsupported, fmt::format("tensor {} ({}) cannot be made real", tensor.label(), dtype_name(tensor.dtype)));
      const auto bias = biases_.find(tensor.index);
      const size_t inner = inner_elements(tensor, q.axis);
      std::vector<float> real(*elements);
      for (size_t k = 0; k < real.size(); ++k) {
        if (bias != biases_.end()) {
          real[k] = static_cast<float>(static_cast<double>(stored_integer(tensor, k)) * bias->second[k % bias->second.size()]);
          continue;
        }
        const size_t c = q.per_channel() && inner > 0 ? k / inner % q.scales.size() : 0;
        real[k] = static_cast<float>(static_cast<double>(stored_integer(tensor, k) - q.zero_points[c]) * static_cast<double>(q.scales[c]));
      }
      if (is_main_) redraw(tensor, real);
      twin_.constants.push_back(std::move(real));
      tensor.data = {reinterpret_cast<const uint8_t*>(twin_.constants.back().data()), twin_.constants.back().size() * sizeof(float)};
    }
    tensor.dtype = DType::kFloat32;
    return {};
  }

  void redraw(const graph::Tensor& tensor, std::vector<float>& real) {
    for (const CoarseWeights& weights : options_.redrawn) {
      if (weights.tensor != tensor.index || weights.coarse.empty()) continue;
      const size_t inner = inner_elements(tensor, weights.axis);
      for (size_t k = 0; inner > 0 && k < real.size(); ++k)
        if (weights.coarse[k / inner % weights.coarse.size()]) real[k] += tensor.quantization.scales[0] * static_cast<float>(random_.uniform() - 0.5);
    }
  }

  /// Between real tensors QUANTIZE and DEQUANTIZE do nothing.
  static void make_identity(const graph::Subgraph& subgraph, graph::Node& node) {
    if (node.custom() || (node.op != schema::BuiltinOperator_QUANTIZE && node.op != schema::BuiltinOperator_DEQUANTIZE)) return;
    for (const std::vector<int>* list : {&node.inputs, &node.outputs})
      for (int t : *list)
        if (t < 0 || subgraph.tensors[static_cast<size_t>(t)].dtype != DType::kFloat32) return;
    node.op = schema::BuiltinOperator_CAST;
    node.op_name = "CAST";
    node.version = 1;
    node.options_type = node.options2_type = 0;
    node.options_table = node.options2_table = nullptr;
  }

  FloatTwin& twin_;
  const TwinOptions& options_;
  Random random_;
  bool is_main_ = true;
  std::map<int, std::vector<double>> biases_;  // by tensor of the subgraph: scales of its elements
  size_t elements_ = 0;
};

}  // namespace

Grid grid_of(const graph::Tensor& tensor) {
  if (!is_quantized(tensor) || tensor.constant || tensor.quantization.per_channel()) return {};
  Grid grid{tensor.quantization.scales[0], tensor.quantization.zero_points[0]};
  switch (tensor.dtype) {
    case DType::kInt8: grid.low = -128, grid.high = 127; break;
    case DType::kUInt8: grid.low = 0, grid.high = 255; break;
    case DType::kInt16: grid.low = -32768, grid.high = 32767; break;
    default: return {};
  }
  return grid;
}

BiasPlace bias_place(const graph::Node& node) {
  BiasPlace place;
  if (node.custom()) return place;
  switch (node.op) {
    case schema::BuiltinOperator_CONV_2D:
    case schema::BuiltinOperator_CONV_3D:
    case schema::BuiltinOperator_DEPTHWISE_CONV_2D:
    case schema::BuiltinOperator_FULLY_CONNECTED: place = {2, 0, 1}; break;
    case schema::BuiltinOperator_TRANSPOSE_CONV: place = {3, 2, 1}; break;
    default: return place;
  }
  if (static_cast<int>(node.inputs.size()) <= place.bias) return {};
  for (int at : {place.bias, place.input, place.weights})
    if (node.inputs[static_cast<size_t>(at)] < 0) return {};
  return place;
}

double operator_bias_scale(const graph::Subgraph& graph, const graph::Node& node, const BiasPlace& place, size_t c) {
  const auto& input = graph.tensors[static_cast<size_t>(node.inputs[static_cast<size_t>(place.input)])].quantization.scales;
  const auto& weights = graph.tensors[static_cast<size_t>(node.inputs[static_cast<size_t>(place.weights)])].quantization.scales;
  if (input.size() != 1 || weights.empty()) return 0;
  return static_cast<double>(input[0]) * static_cast<double>(weights[c < weights.size() ? c : 0]);
}

Result<std::shared_ptr<const FloatTwin>> make_float_twin(std::shared_ptr<const graph::Model> quantized, const TwinOptions& options) {
  auto twin = std::make_shared<FloatTwin>();
  twin->model = *quantized;
  twin->quantized = quantized;
  bool any = false;
  for (const graph::Tensor& tensor : quantized->main().tensors) {
    twin->grids.push_back(grid_of(tensor));
    any = any || twin->grids.back().present();
  }
  if (!any) return fail(ErrorCode::kUnsupported, "no activation of the model is quantized");
  WHYZERO_TRY(Maker(*twin, options).run());
  return std::shared_ptr<const FloatTwin>(std::move(twin));
}

}  // namespace whyzero::quantize
