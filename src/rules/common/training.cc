#include "rules/common/training.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

#include "graph/layers.h"
#include "tflite_schema_generated.h"

namespace whyzero::rules {
namespace {

using graph::Node;
using graph::Subgraph;

bool draws(const Node& node) {
  return node.op == schema::BuiltinOperator_RANDOM_UNIFORM || node.op == schema::BuiltinOperator_RANDOM_STANDARD_NORMAL ||
         node.op == schema::BuiltinOperator_MULTINOMIAL;
}

bool compares(const Node& node) {
  return node.op == schema::BuiltinOperator_GREATER_EQUAL || node.op == schema::BuiltinOperator_GREATER || node.op == schema::BuiltinOperator_LESS ||
         node.op == schema::BuiltinOperator_LESS_EQUAL;
}

size_t at(int index) { return static_cast<size_t>(index); }

/// What a tensor is computed from.
struct Descent {
  bool input = false;        // the model's input
  int random = -1;           // the node that drew, where the input is not among it as well
  bool mask = false;
  std::optional<float> threshold;  // of the comparison
};

/// A constant of one element.
std::optional<float> scalar(const Subgraph& graph, int tensor) {
  if (tensor < 0 || graph.tensors[at(tensor)].data.size() > 8) return std::nullopt;
  const auto values = graph::constant_values(graph, tensor);
  if (!values || values->size() != 1) return std::nullopt;
  return (*values)[0];
}

std::vector<Descent> descents(const Subgraph& graph) {
  std::vector<Descent> of(graph.tensors.size());
  for (int input : graph.inputs) of[at(input)].input = true;
  for (const Node& node : graph.nodes) {
    Descent result;
    if (draws(node)) result.random = node.index;
    // The size of the signal is none of its numbers: dropout draws as many as there are units.
    const bool sizes = node.op == schema::BuiltinOperator_SHAPE || node.op == schema::BuiltinOperator_RANK;
    for (int input : node.inputs) {
      if (sizes) break;
      if (input < 0) continue;
      const Descent& from = of[at(input)];
      result.input = result.input || from.input;
      if (from.random >= 0 && !from.input) {
        result.random = from.random;
        result.mask = result.mask || from.mask;
        if (from.threshold) result.threshold = from.threshold;
      }
    }
    if (result.random >= 0 && compares(node)) {
      result.mask = true;
      for (int input : node.inputs)
        if (const auto level = scalar(graph, input)) result.threshold = *level;
    }
    for (int output : node.outputs)
      if (output >= 0) of[at(output)] = result;
  }
  return of;
}

std::vector<bool> reaching_outputs(const Subgraph& graph) {
  std::vector<bool> needed(graph.tensors.size());
  for (int output : graph.outputs) needed[at(output)] = true;
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node)
    if (std::any_of(node->outputs.begin(), node->outputs.end(), [&](int t) { return t >= 0 && needed[at(t)]; }))
      for (int input : node->inputs)
        if (input >= 0) needed[at(input)] = true;
  return needed;
}

/// The MUL by 1 / (1 - rate) beside a dropout: it makes or reads the signal at the merge.
std::optional<std::pair<int, size_t>> scale_beside(const Subgraph& graph, int signal, int output, float keep) {
  for (const Node& node : graph.nodes) {
    if (node.op != schema::BuiltinOperator_MUL || node.inputs.size() != 2 || node.outputs.size() != 1) continue;
    for (size_t k = 0; k < 2; ++k) {
      const auto factor = scalar(graph, node.inputs[1 - k]);
      const bool beside = node.outputs[0] == signal || node.inputs[k] == output;
      if (factor && beside && node.inputs[k] >= 0 && std::abs(*factor * keep - 1) < 1e-3f) return std::pair{node.index, k};
    }
  }
  return std::nullopt;
}

std::vector<graph::RemoveNode> mend_of(const Subgraph& graph, const Node& merge, size_t signal, const Descent& random) {
  std::vector<graph::RemoveNode> nodes{{0, merge.index, signal}};
  if (!random.threshold) return nodes;
  for (float keep : {1 - *random.threshold, *random.threshold}) {
    const auto scale = scale_beside(graph, merge.inputs[signal], merge.outputs[0], keep);
    if (!scale) continue;
    nodes.push_back({0, scale->first, scale->second});
    break;
  }
  return nodes;
}

}  // namespace

std::vector<RandomNode> random_nodes(const Subgraph& graph) {
  std::vector<RandomNode> found;
  const std::vector<Descent> of = descents(graph);
  const std::vector<bool> needed = reaching_outputs(graph);
  for (const Node& node : graph.nodes) {
    if (node.outputs.size() != 1 || node.outputs[0] < 0 || !needed[at(node.outputs[0])]) continue;
    int random = -1;
    std::optional<size_t> signal;
    for (size_t k = 0; k < node.inputs.size(); ++k) {
      if (node.inputs[k] < 0) continue;
      const Descent& from = of[at(node.inputs[k])];
      if (from.input) signal = signal ? signal : k;
      else if (from.random >= 0) random = node.inputs[k];
    }
    if (random < 0 || !signal) continue;
    const Descent& from = of[at(random)];
    found.push_back({from.random, node.index, from.mask, mend_of(graph, node, *signal, from)});
  }
  return found;
}

std::vector<int> batch_statistics(const Subgraph& graph) {
  std::vector<int> producer(graph.tensors.size(), -1);
  for (const Node& node : graph.nodes)
    for (int output : node.outputs)
      if (output >= 0) producer[at(output)] = node.index;
  const auto made_by = [&](int tensor) -> const Node* {
    const int index = tensor >= 0 ? producer[at(tensor)] : -1;
    return index >= 0 ? &graph.nodes[at(index)] : nullptr;
  };
  /// A mean over the batch axis of something with more axes than that.
  const auto mean_over_batch = [&](const Node* node) {
    if (!node || node->op != schema::BuiltinOperator_MEAN || node->inputs.size() != 2 || node->inputs[0] < 0 || node->inputs[1] < 0) return false;
    const graph::Tensor &x = graph.tensors[at(node->inputs[0])], &axes = graph.tensors[at(node->inputs[1])];
    if (!axes.constant || axes.dtype != DType::kInt32) return false;
    // Sound is normalized over time, the first axis of features without a batch; what a dense layer computes has a batch.
    const Node* maker = made_by(node->inputs[0]);
    const Node* before = maker && !maker->inputs.empty() ? made_by(maker->inputs[0]) : nullptr;
    const auto dense = [](const Node* n) { return n && n->op == schema::BuiltinOperator_FULLY_CONNECTED; };
    if (x.shape.size() < 4 && !(x.shape.size() == 2 && (dense(maker) || dense(before)))) return false;
    bool batch = false, last = false;
    const auto rank = static_cast<int32_t>(x.shape.size());
    for (size_t i = 0; i + 4 <= axes.data.size(); i += 4) {
      int32_t axis;
      std::memcpy(&axis, axes.data.data() + i, 4);
      batch = batch || axis == 0 || axis == -rank;
      last = last || axis == rank - 1 || axis == -1;
    }
    return batch && !last;
  };
  const auto back_to = [&](int tensor, schema::BuiltinOperator wanted) -> const Node* {
    // Reshapes, the epsilon and the like stand between the statistics and what uses them.
    for (int steps = 0; steps < 6; ++steps) {
      const Node* node = made_by(tensor);
      if (!node || node->op == wanted) return node;
      if (node->op != schema::BuiltinOperator_RESHAPE && node->op != schema::BuiltinOperator_ADD && node->op != schema::BuiltinOperator_SQUEEZE &&
          node->op != schema::BuiltinOperator_MAXIMUM)
        return nullptr;
      const auto next = std::find_if(node->inputs.begin(), node->inputs.end(), [&](int t) { return t >= 0 && !graph.tensors[at(t)].constant; });
      if (next == node->inputs.end()) return nullptr;
      tensor = *next;
    }
    return nullptr;
  };
  std::vector<int> found;
  for (const Node& node : graph.nodes) {
    if ((node.op != schema::BuiltinOperator_RSQRT && node.op != schema::BuiltinOperator_SQRT) || node.inputs.empty()) continue;
    const Node* variance = back_to(node.inputs[0], schema::BuiltinOperator_MEAN);
    if (!mean_over_batch(variance)) continue;
    const Node* squares = made_by(variance->inputs[0]);
    const bool squared = squares && (squares->op == schema::BuiltinOperator_SQUARED_DIFFERENCE || squares->op == schema::BuiltinOperator_SQUARE ||
                                     (squares->op == schema::BuiltinOperator_MUL && squares->inputs.size() == 2 && squares->inputs[0] == squares->inputs[1]));
    if (squared) found.push_back(variance->index);
  }
  return found;
}

}  // namespace whyzero::rules
