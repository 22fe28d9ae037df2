#include "quantize/coarse_weights.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "base/checked.h"
#include "graph/options.h"
#include "quantize/float_twin.h"

namespace whyzero::quantize {
namespace {

/// ±3 steps and zero: 7 levels.
constexpr int64_t kFewSteps = 3;
constexpr int kShareOfChannels = 5;  // one in …
constexpr size_t kLeastChannels = 4;

int channel_axis(const graph::Node& node, const graph::Tensor& weights) {
  return node.op == schema::BuiltinOperator_DEPTHWISE_CONV_2D ? static_cast<int>(weights.shape.size()) - 1 : 0;
}

}  // namespace

bool can_store_integers(DType dtype) {
  constexpr DType kKnown[] = {DType::kInt8, DType::kUInt8, DType::kInt16, DType::kUInt16, DType::kInt32, DType::kInt64, DType::kInt4};
  return std::find(std::begin(kKnown), std::end(kKnown), dtype) != std::end(kKnown);
}

int64_t stored_integer(const graph::Tensor& tensor, size_t k) {
  const uint8_t* bytes = tensor.data.data();
  const auto read = [&]<class T>(T) {
    T value;
    std::memcpy(&value, bytes + k * sizeof(T), sizeof(T));
    return static_cast<int64_t>(value);
  };
  switch (tensor.dtype) {
    case DType::kInt8: return read(int8_t{});
    case DType::kUInt8: return read(uint8_t{});
    case DType::kInt16: return read(int16_t{});
    case DType::kUInt16: return read(uint16_t{});
    case DType::kInt32: return read(int32_t{});
    case DType::kInt64: return read(int64_t{});
    case DType::kInt4: {
      const int nibble = bytes[k / 2] >> (k % 2 * 4) & 15;
      return nibble < 8 ? nibble : nibble - 16;
    }
    default: return 0;
  }
}

size_t inner_elements(const graph::Tensor& tensor, int axis) {
  size_t inner = 1;
  for (size_t d = static_cast<size_t>(axis) + 1; d < tensor.shape.size(); ++d) inner *= static_cast<size_t>(tensor.shape[d]);
  return inner;
}

std::vector<CoarseWeights> find_coarse_weights(const graph::Model& model) {
  std::vector<CoarseWeights> found;
  const graph::Subgraph& graph = model.main();
  for (const graph::Node& node : graph.nodes) {
    const BiasPlace place = bias_place(node);
    if (place.bias < 0 || node.op == schema::BuiltinOperator_TRANSPOSE_CONV) continue;
    const graph::Tensor& weights = graph.tensors[static_cast<size_t>(node.inputs[static_cast<size_t>(place.weights)])];
    const bool one_byte = weights.dtype == DType::kInt8 || weights.dtype == DType::kUInt8;
    if (!weights.constant || weights.sparse || !one_byte || weights.quantization.scales.size() != 1 || weights.shape.empty()) continue;
    const auto elements = checked_elements(weights.shape);
    const int axis = channel_axis(node, weights);
    const auto channels = static_cast<size_t>(weights.shape[static_cast<size_t>(axis)]);
    const size_t inner = inner_elements(weights, axis);
    if (!elements || *elements != weights.data.size() || channels < kLeastChannels || inner == 0) continue;
    std::vector<int64_t> largest(channels);
    for (size_t k = 0; k < *elements; ++k) {
      int64_t& most = largest[k / inner % channels];
      most = std::max<int64_t>(most, std::llabs(stored_integer(weights, k) - weights.quantization.zero_points[0]));
    }
    CoarseWeights one{weights.index, node.index, axis, std::vector<bool>(channels), 0};
    for (size_t c = 0; c < channels; ++c) {
      one.coarse[c] = largest[c] > 0 && largest[c] <= kFewSteps;
      one.few += largest[c] <= kFewSteps;
    }
    if (static_cast<size_t>(one.few) * kShareOfChannels >= channels) found.push_back(std::move(one));
  }
  return found;
}

}  // namespace whyzero::quantize
