// Hints at a model's preprocessing, from its metadata, its own arithmetic and the shape of its first layers.
#include "app/convention.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/metadata.h"
#include "graph/layers.h"
#include "graph/options.h"

namespace whyzero::app {
namespace {

using graph::Node;
using nlohmann::json;

// Weights: the share of published models with such first layers that were trained that way, by and large.
constexpr double kMetadataWeight = 0.9, kRescalingWeight = 0.8, kStrong = 0.6, kEven = 0.35, kWeak = 0.15;

json affine(double scale, double offset) { return json::array({{{"normalize", {{"scale", scale}, {"offset", offset}}}}}); }

Convention signed_unit(double weight, std::string reason) {
  return {"-1…1 (x/127.5 - 1)", affine(1 / 127.5, -1), weight, std::move(reason), false};
}
Convention unit(double weight, std::string reason) {
  return {"0…1 (x/255)", affine(1 / 255.0, 0), weight, std::move(reason), false};
}
Convention raw_bytes(double weight, std::string reason) {
  return {"0…255 as they are", json::array({{{"cast", "float32"}}}), weight, std::move(reason), false};
}
/// The mean of ImageNet's colours taken away, blue first: keras.applications' "caffe" mode.
Convention caffe(double weight, std::string reason) {
  return {"ImageNet mean taken away, BGR (Caffe)",
          json::array({{{"channels", "bgr"}}, {{"normalize", {{"mean", {103.939, 116.779, 123.68}}, {"std", 1}}}}}), weight,
          std::move(reason), false};
}
/// keras.applications' "torch" mode and torchvision, in 0…255.
Convention torch(double weight, std::string reason) {
  return {"ImageNet mean and deviation (torchvision)",
          json::array({{{"normalize", {{"mean", {123.675, 116.28, 103.53}}, {"std", {58.395, 57.12, 57.375}}}}}}), weight,
          std::move(reason), false};
}

const graph::Tensor* tensor_at(const graph::Subgraph& graph, int index) {
  return index >= 0 && static_cast<size_t>(index) < graph.tensors.size() ? &graph.tensors[static_cast<size_t>(index)] : nullptr;
}

/// The first node that reads a tensor, at or after `from`.
const Node* reader_of(const graph::Subgraph& graph, int tensor, size_t from = 0) {
  for (size_t i = from; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (std::find(node.inputs.begin(), node.inputs.end(), tensor) != node.inputs.end()) return &node;
  }
  return nullptr;
}

bool passes_numbers_on(const Node& node) {
  return node.op_name == "QUANTIZE" || node.op_name == "DEQUANTIZE" || node.op_name == "CAST" || node.op_name == "PAD" ||
         node.op_name == "PADV2" || node.op_name == "MIRROR_PAD" || node.op_name == "RESHAPE";
}
bool is_arithmetic(const Node& node) {
  return node.op_name == "MUL" || node.op_name == "ADD" || node.op_name == "SUB" || node.op_name == "DIV";
}

/// A constant of one number, of one a channel of a picture or of one a column of a table.
std::vector<double> small_constant(const graph::Subgraph& graph, int tensor, size_t columns) {
  constexpr size_t kMostChannels = 4;
  const auto values = tensor >= 0 ? graph::constant_values(graph, tensor) : std::nullopt;
  if (!values || (values->size() > kMostChannels && values->size() != columns)) return {};
  return {values->begin(), values->end()};
}

template <class Work>
void each(std::vector<double>& numbers, const std::vector<double>& other, Work work) {
  if (numbers.size() < other.size()) numbers.assign(other.size(), numbers[0]);
  for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = work(numbers[i], other[other.size() == 1 ? 0 : i]);
}

/// One more node on top of what came before; false where it is no arithmetic with one constant.
bool compose(Rescaling& so_far, const graph::Subgraph& graph, const Node& node, int value, size_t columns) {
  if (node.inputs.size() != 2 || node.outputs.size() != 1) return false;
  const bool value_first = node.inputs[0] == value;
  const std::vector<double> constant = small_constant(graph, node.inputs[value_first ? 1 : 0], columns);
  const size_t channels = so_far.scale.size();
  if (constant.empty() || (constant.size() > 1 && channels > 1 && constant.size() != channels)) return false;
  const auto both = [&](auto work) {
    each(so_far.scale, constant, work);
    each(so_far.offset, constant, work);
  };
  if (node.op_name == "MUL") {
    both([](double x, double c) { return x * c; });
  } else if (node.op_name == "DIV" && value_first) {
    if (std::find(constant.begin(), constant.end(), 0.0) != constant.end()) return false;
    both([](double x, double c) { return x / c; });
  } else if (node.op_name == "ADD") {
    each(so_far.scale, constant, [](double x, double) { return x; });
    each(so_far.offset, constant, [](double x, double c) { return x + c; });
  } else if (node.op_name == "SUB") {
    each(so_far.scale, constant, [&](double x, double) { return value_first ? x : -x; });
    each(so_far.offset, constant, [&](double x, double c) { return value_first ? x - c : c - x; });
  } else {
    return false;
  }
  return true;
}

/// The first node that does more than pass numbers on or rescale them, and the tensor that it reads.
struct Entrance {
  std::optional<Rescaling> rescaling;
  const Node* first_layer = nullptr;
};

Entrance entrance_of(const graph::Subgraph& graph, size_t input) {
  Entrance entrance;
  if (input >= graph.inputs.size()) return entrance;
  constexpr int kMostNodes = 16;
  int value = graph.inputs[input];
  const graph::Tensor* tensor = tensor_at(graph, value);
  const size_t columns = tensor && tensor->shape.size() == 2 ? static_cast<size_t>(std::max(0, tensor->shape[1])) : 0;
  size_t from = 0;
  for (int i = 0; i < kMostNodes; ++i) {
    const Node* node = reader_of(graph, value, from);
    if (!node) return entrance;
    if (!passes_numbers_on(*node)) {
      Rescaling next = entrance.rescaling.value_or(Rescaling{{1}, {0}, node->index, node->index});
      // What goes several ways is rescaled on one of them only.
      const bool alone = !reader_of(graph, value, static_cast<size_t>(node - graph.nodes.data()) + 1);
      if (!alone || !is_arithmetic(*node) || !compose(next, graph, *node, value, columns)) {
        entrance.first_layer = node;
        return entrance;
      }
      next.last_node = node->index;
      entrance.rescaling = std::move(next);
    }
    if (node->outputs.empty()) return entrance;
    value = node->outputs[0];
    from = static_cast<size_t>(node - graph.nodes.data()) + 1;
  }
  return entrance;
}

/// Training pipelines hand their networks numbers that span about 1 to 6: 1 for 0…1, 2 for -1…1, 4.4 for ImageNet's deviation.
bool spans_like_training(double span) { return span > 0.8 && span < 6; }

void add_rescaling(const Rescaling& rescaling, std::vector<Convention>& found) {
  const double scale = std::fabs(rescaling.scale[0]);
  const std::string reason = fmt::format("node #{}{} of the graph itself computes {}", rescaling.first_node,
                                         rescaling.last_node != rescaling.first_node ? fmt::format(" to #{}", rescaling.last_node) : std::string(), in_words(rescaling));
  if (spans_like_training(scale * 255)) found.push_back(raw_bytes(kRescalingWeight, reason));
  if (spans_like_training(scale)) found.push_back(unit(kRescalingWeight, reason));
}

struct Convolution {
  int out = 0, height = 0, width = 0, stride = 0;
  bool valid_padding = false;
  bool is(int kernel, int step) const { return height == kernel && width == kernel && stride == step; }
};

std::optional<Convolution> convolution_of(const graph::Subgraph& graph, const Node* node) {
  if (!node || node->op_name != "CONV_2D" || node->inputs.size() < 2) return std::nullopt;
  const graph::Tensor* weights = tensor_at(graph, node->inputs[1]);
  if (!weights || weights->shape.size() != 4) return std::nullopt;
  const auto& options = graph::options<schema::Conv2DOptions>(*node);
  return Convolution{weights->shape[0], weights->shape[1], weights->shape[2], options.stride_h(),
                     options.padding() == schema::Padding_VALID};
}

/// What comes behind a layer, activations and paddings left out.
const Node* next_layer(const graph::Subgraph& graph, const Node* node) {
  constexpr int kMostNodes = 8;
  for (int i = 0; node && i < kMostNodes; ++i) {
    if (node->outputs.empty()) return nullptr;
    node = reader_of(graph, node->outputs[0], static_cast<size_t>(node - graph.nodes.data()) + 1);
    if (!node) return nullptr;
    const std::string& name = node->op_name;
    const bool activation = name == "RELU" || name == "RELU6" || name == "HARD_SWISH" || name == "LOGISTIC" || name == "MUL" ||
                            name == "ADD" || passes_numbers_on(*node);
    if (!activation) return node;
  }
  return nullptr;
}

/// Families of networks by their first layers, with what their publishers trained them on.
void add_family(const graph::Subgraph& graph, const Node* first, std::vector<Convention>& found) {
  const auto convolution = convolution_of(graph, first);
  if (!convolution) return;
  const Node* second = next_layer(graph, first);
  const auto again = convolution_of(graph, second);
  const auto reason = [&](const char* family) {
    return fmt::format("the first layers are {}'s: {} with {} kernels of {}x{} and stride {}, then {}", family, first->label(),
                       convolution->out, convolution->height, convolution->width, convolution->stride,
                       second ? second->op_name : "the end");
  };
  if (convolution->is(3, 2) && second && second->op_name == "DEPTHWISE_CONV_2D") {
    found.push_back(signed_unit(kStrong, reason("MobileNet")));
    found.push_back(torch(kWeak, reason("EfficientNet or MobileNet (PyTorch)")));
  } else if (convolution->is(7, 2) && second && second->op_name == "MAX_POOL_2D") {
    found.push_back(caffe(kEven, reason("ResNet")));
    found.push_back(torch(kEven, reason("ResNet or DenseNet")));
    found.push_back(signed_unit(kWeak, reason("ResNet v2")));
  } else if (convolution->is(3, 1) && convolution->out == 64 && again && again->is(3, 1) && again->out == 64) {
    found.push_back(caffe(kStrong, reason("VGG")));
    found.push_back(torch(kWeak, reason("VGG (PyTorch)")));
  } else if (convolution->is(3, 2) && convolution->valid_padding && again && again->is(3, 1)) {
    found.push_back(signed_unit(kStrong, reason("Inception or Xception")));
  }
}

json number_or_list(const std::vector<float>& numbers) { return numbers.size() == 1 ? json(numbers[0]) : json(numbers); }

void add_metadata(const graph::Model& model, size_t input, std::vector<Convention>& found) {
  const auto metadata = input_normalization(model, input);
  if (!metadata) return;
  const json mean = number_or_list(metadata->mean), std = number_or_list(metadata->std);
  found.push_back({fmt::format("(x - {}) / {}", mean.dump(), std.dump()),
                   json::array({{{"normalize", {{"mean", mean}, {"std", std}}}}}), kMetadataWeight,
                   "the model's metadata name this mean and deviation", true});
}

}  // namespace

std::optional<Rescaling> embedded_rescaling(const graph::Model& model, size_t input) {
  return model.subgraphs.empty() ? std::nullopt : entrance_of(model.main(), input).rescaling;
}

std::string in_words(const Rescaling& rescaling) {
  const double offset = rescaling.offset[0];
  return fmt::format("x * {:.6g} {} {:.6g}", rescaling.scale[0], offset < 0 ? '-' : '+', std::fabs(offset));
}

std::vector<Convention> input_conventions(const graph::Model& model, size_t input) {
  std::vector<Convention> found;
  if (model.subgraphs.empty() || input >= model.main().inputs.size()) return found;
  const graph::Tensor* tensor = tensor_at(model.main(), model.main().inputs[input]);
  if (!tensor || tensor->shape.size() != 4) return found;
  add_metadata(model, input, found);
  const Entrance entrance = entrance_of(model.main(), input);
  if (entrance.rescaling)
    add_rescaling(*entrance.rescaling, found);
  else
    add_family(model.main(), entrance.first_layer, found);
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.weight > b.weight; });
  return found;
}

}  // namespace whyzero::app
