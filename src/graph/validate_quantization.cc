// M001 and M002: scales and zero points that operators need and do not have, or that no arithmetic can use.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "graph/validate.h"
#include "tflite_schema_generated.h"

namespace whyzero::graph {
namespace {

constexpr const char* kConvertAgain = "; convert the model again with a representative data set";
// The runtimes turn products of scales into a 31-bit multiplier and a shift; beyond this the shift is impossible.
constexpr float kLargestScale = 0x1p62f;

/// Which operands carry real numbers as integers.
struct Operands {
  uint32_t inputs;  // bit i: input i
  bool outputs = true;
  bool int16 = false;  // int16 is quantized here too; where false, int16 may be plain integers
  bool plain = false;  // works on plain integers where no operand is quantized
};

std::optional<Operands> quantized_operands(int32_t op) {
  using namespace schema;
  constexpr uint32_t kFirst = 1, kFirstTwo = 3, kAll = ~0u;
  switch (op) {
    case BuiltinOperator_CONV_2D:
    case BuiltinOperator_DEPTHWISE_CONV_2D:
    case BuiltinOperator_FULLY_CONNECTED:
    case BuiltinOperator_BATCH_MATMUL:
      return Operands{kFirstTwo, true, true};
    case BuiltinOperator_TRANSPOSE_CONV:
      return Operands{6, true, true};
    case BuiltinOperator_SOFTMAX:
    case BuiltinOperator_LOGISTIC:
    case BuiltinOperator_TANH:
    case BuiltinOperator_AVERAGE_POOL_2D:
    case BuiltinOperator_DEQUANTIZE:
    case BuiltinOperator_LEAKY_RELU:
    case BuiltinOperator_QUANTIZE:
      return Operands{kFirst, true, true};
    case BuiltinOperator_ADD:
    case BuiltinOperator_SUB:
    case BuiltinOperator_SQUARED_DIFFERENCE:
    case BuiltinOperator_PRELU:
      return Operands{kFirstTwo};
    case BuiltinOperator_MUL:
    case BuiltinOperator_DIV:
      return Operands{kFirstTwo, true, false, true};
    case BuiltinOperator_MAX_POOL_2D:
    case BuiltinOperator_LOG_SOFTMAX:
    case BuiltinOperator_MEAN:
    case BuiltinOperator_L2_NORMALIZATION:
    case BuiltinOperator_RELU:
    case BuiltinOperator_RELU6:
    case BuiltinOperator_RELU_N1_TO_1:
    case BuiltinOperator_RELU_0_TO_1:
    case BuiltinOperator_HARD_SWISH:
    case BuiltinOperator_ELU:
    case BuiltinOperator_GELU:
    case BuiltinOperator_EXP:
    case BuiltinOperator_LOG:
    case BuiltinOperator_RSQRT:
    case BuiltinOperator_SQRT:
      return Operands{kFirst};
    case BuiltinOperator_LSTM:
    case BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_LSTM:
    case BuiltinOperator_BIDIRECTIONAL_SEQUENCE_LSTM:
    case BuiltinOperator_RNN:
    case BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_RNN:
    case BuiltinOperator_BIDIRECTIONAL_SEQUENCE_RNN:
    case BuiltinOperator_SVDF:
      return Operands{kAll, false};
    default:
      return std::nullopt;
  }
}

bool carries_reals(DType dtype, bool int16) {
  switch (dtype) {
    case DType::kInt8:
    case DType::kUInt8:
    case DType::kInt4:
    case DType::kUInt4:
    case DType::kInt2:
      return true;
    case DType::kInt16:
      return int16;
    default:
      return false;
  }
}

/// The integers that a type holds, where quantization uses the type.
std::optional<std::pair<int64_t, int64_t>> integer_range(DType dtype) {
  switch (dtype) {
    case DType::kInt2:
      return {{-2, 1}};
    case DType::kInt4:
      return {{-8, 7}};
    case DType::kUInt4:
      return {{0, 15}};
    case DType::kInt8:
      return {{-128, 127}};
    case DType::kUInt8:
      return {{0, 255}};
    case DType::kInt16:
      return {{-32768, 32767}};
    case DType::kInt32:
      return {{std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()}};
    default:
      return std::nullopt;
  }
}

class Check {
 public:
  Check(const Model& model, int subgraph, std::vector<Defect>& defects)
      : graph_(model.subgraphs[static_cast<size_t>(subgraph)]),
        subgraph_(subgraph),
        defects_(defects),
        reported_(graph_.tensors.size()) {}

  void run() {
    for (const Tensor& tensor : graph_.tensors) check_values(tensor);
    for (const Node& node : graph_.nodes) check_node(node);
  }

 private:
  void report(const char* code, const Tensor& tensor, int node, std::string message) {
    auto reported = reported_[static_cast<size_t>(tensor.index)];
    if (reported) return;
    reported_[static_cast<size_t>(tensor.index)] = true;
    defects_.push_back({code, std::move(message), subgraph_, tensor.index, node});
  }

  void check_values(const Tensor& tensor) {
    const Quantization& q = tensor.quantization;
    const auto range = integer_range(tensor.dtype);
    if (!q.present() || !range) return;
    const std::string label = fmt::format("{} tensor {}", dtype_name(tensor.dtype), tensor.label());
    const size_t count = q.scales.size();
    const bool bias = tensor.dtype == DType::kInt32;
    for (size_t i = 0; i < count; ++i) {
      const float scale = q.scales[i];
      const std::string which = count == 1 ? std::string("its scale") : fmt::format("scale {} of {}", i, count);
      // A bias takes the product of two scales, which may be too small for a float.
      if (!std::isfinite(scale) || scale < 0 || scale > kLargestScale || (scale < std::numeric_limits<float>::min() && !bias))
        return report(
            "M002", tensor, -1,
            fmt::format("{}: {} is {}, expected a positive number of ordinary size{}", label, which, scale, kConvertAgain));
      const int64_t zero_point = q.zero_points[i];
      if (zero_point < range->first || zero_point > range->second)
        return report("M002", tensor, -1,
                      fmt::format("{}: zero point {} is outside the type, expected {} to {}{}", label, zero_point, range->first,
                                  range->second, kConvertAgain));
    }
    if (q.zero_points_in_file == 0 && !bias)
      return report("M001", tensor, -1, fmt::format("{} has {} scales but no zero point{}", label, count, kConvertAgain));
    if (q.zero_points_in_file > 1 && q.zero_points_in_file != count)
      return report("M002", tensor, -1,
                    fmt::format("{} has {} scales but {} zero points, expected as many{}", label, count, q.zero_points_in_file,
                                kConvertAgain));
    if (count == 1 || !tensor.has_shape) return;
    if (q.axis_in_file != q.axis || tensor.shape.empty())
      return report("M002", tensor, -1,
                    fmt::format("{} has {} scales along dimension {}, but only {} dimensions{}", label, count, q.axis_in_file,
                                tensor.shape.size(), kConvertAgain));
    const int32_t channels = tensor.shape[static_cast<size_t>(q.axis)];
    if (static_cast<size_t>(channels) != count)
      report("M002", tensor, -1,
             fmt::format("{} has {} scales along dimension {}, expected 1 or {} (its size there){}", label, count, q.axis,
                         channels, kConvertAgain));
  }

  void check_node(const Node& node) {
    if (node.custom()) return;
    const auto operands = quantized_operands(node.op);
    if (!operands) return;
    if (operands->plain && !any_quantized(node.inputs) && !any_quantized(node.outputs)) return;
    for (size_t i = 0; i < node.inputs.size(); ++i)
      if (node.inputs[i] >= 0 && i < 32 && operands->inputs >> i & 1) check_operand(node, node.inputs[i], *operands, "input", i);
    if (operands->outputs)
      for (size_t i = 0; i < node.outputs.size(); ++i)
        if (node.outputs[i] >= 0) check_operand(node, node.outputs[i], *operands, "output", i);
    check_symmetric_filter(node);
  }

  bool any_quantized(const std::vector<int>& tensors) const {
    return std::ranges::any_of(tensors,
                               [&](int t) { return t >= 0 && graph_.tensors[static_cast<size_t>(t)].quantization.present(); });
  }

  /// Conversions accept any zero point.
  bool takes_int16(const Node& node) const {
    if (node.op == schema::BuiltinOperator_QUANTIZE || node.op == schema::BuiltinOperator_DEQUANTIZE) return false;
    return std::ranges::any_of(node.inputs,
                               [&](int t) { return t >= 0 && graph_.tensors[static_cast<size_t>(t)].dtype == DType::kInt16; });
  }

  void check_operand(const Node& node, int index, const Operands& operands, const char* what, size_t position) {
    const Tensor& tensor = graph_.tensors[static_cast<size_t>(index)];
    const Quantization& q = tensor.quantization;
    // Recurrent operators keep unsymmetric int16 states, and operators that only give int16 may shift it.
    if (tensor.dtype == DType::kInt16 && operands.outputs && takes_int16(node) && q.present() && q.zero_points[0] != 0)
      return report("M002", tensor, node.index,
                    fmt::format("{}: {} {}, int16 tensor {}, has zero point {}, but int16 is symmetric: expected 0{}",
                                node.label(), what, position, tensor.label(), q.zero_points[0], kConvertAgain));
    if (!carries_reals(tensor.dtype, operands.int16) || q.present() || q.blockwise) return;
    report("M001", tensor, node.index,
           fmt::format("{}: {} {}, {} tensor {}, has no scale and zero point, which this operator needs{}", node.label(), what,
                       position, dtype_name(tensor.dtype), tensor.label(), kConvertAgain));
  }

  /// Filters with one scale a channel are symmetric by definition of these operators.
  void check_symmetric_filter(const Node& node) {
    if (node.op != schema::BuiltinOperator_CONV_2D && node.op != schema::BuiltinOperator_DEPTHWISE_CONV_2D) return;
    if (node.inputs.size() < 2 || node.inputs[1] < 0) return;
    const Tensor& filter = graph_.tensors[static_cast<size_t>(node.inputs[1])];
    const Quantization& q = filter.quantization;
    if (!q.per_channel() || filter.dtype == DType::kUInt8) return;
    const auto odd = std::ranges::find_if(q.zero_points, [](int64_t zero_point) { return zero_point != 0; });
    if (odd == q.zero_points.end()) return;
    report("M002", filter, node.index,
           fmt::format("{}: filter {} has zero point {} in channel {}, expected 0 in every channel{}", node.label(),
                       filter.label(), *odd, odd - q.zero_points.begin(), kConvertAgain));
  }

  const Subgraph& graph_;
  const int subgraph_;
  std::vector<Defect>& defects_;
  std::vector<bool> reported_;  // one defect a tensor
};

}  // namespace

void validate_quantization(const Model& model, int subgraph, std::vector<Defect>& defects) {
  Check(model, subgraph, defects).run();
}

}  // namespace whyzero::graph
