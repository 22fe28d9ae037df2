// M005 untrained-weights: the weights are still an initializer's draw.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "evidence/chance.h"
#include "graph/layers.h"
#include "numerics/kolmogorov_smirnov.h"
#include "rules/rule.h"

namespace whyzero::rules {
namespace {

using evidence::Severity;
using graph::Layer;

/// A trained layer of this many weights practically never passes both for a draw and within its limit.
constexpr size_t kTellingWeights = 96;
/// Without a bias that has not moved, it takes more: fewer where truth says that the answers are guesses. Converters leave out a bias of zeros, so that none
/// is what a fresh head has.
constexpr size_t kTellingAlone = 1024, kTellingAtChance = 256;
/// Units of a recurrent state: fewer may be orthogonal by accident, more take long to try.
constexpr size_t kLeastState = 8, kMostState = 1024;
/// From rounding to int8: products of rounded columns.
constexpr double kOrthogonal = 0.02;
/// Where everything is as drawn, better answers than this are no accident either.
constexpr double kDoesWell = 0.7;
/// Kolmogorov's test takes this many weights of a layer at most; more would find the rounding of half floats.
constexpr size_t kMostWeights = size_t{1} << 15;
/// A true draw falls below it once in ten thousand layers; then the layer is not counted.
constexpr double kLeastP = 1e-4;

enum class Shape { kUniform, kNormal, kTruncated };

struct Initializer {
  const char* name;
  double variance;
  Shape shape;
};

/// What Keras, PyTorch and JAX draw from: a variance by fan-in and fan-out, or a fixed one.
std::vector<Initializer> initializers(const Layer& layer) {
  const double in = layer.fan_in, out = layer.fan_out, own = layer.units_last ? in / layer.units : in;
  std::vector<Initializer> all;
  const auto scaled = [&](const char* uniform, const char* normal, double variance) {
    all.push_back({uniform, variance, Shape::kUniform});
    all.push_back({normal, variance, Shape::kNormal});
    all.push_back({normal, variance, Shape::kTruncated});
  };
  scaled("Glorot uniform", "Glorot normal", 2 / (in + out));
  scaled("He uniform", "He normal", 2 / own);
  scaled("LeCun uniform", "LeCun normal", 1 / own);
  if (layer.units_last) scaled("He uniform", "He normal", 2 / in);
  all.push_back({"PyTorch's default", 1 / (3 * own), Shape::kUniform});
  all.push_back({"uniform in ±0.05", 0.05 * 0.05 / 3, Shape::kUniform});
  for (double deviation : {0.05, 0.02, 0.01})
    for (Shape shape : {Shape::kNormal, Shape::kTruncated}) all.push_back({"a small normal", deviation * deviation, shape});
  return all;
}

/// Normal draws beyond two deviations are drawn again; what is left has this deviation.
constexpr double kTruncatedDeviation = 0.87962566103423978;

struct Weights {
  std::vector<float> sorted;
  double largest = 0;
  bool integers = false;
};

/// How well the weights fit: Kolmogorov's p, or 0 where one of them is beyond the initializer's limit.
double fit(const Weights& weights, const Initializer& initializer) {
  const double deviation = std::sqrt(initializer.variance), uniform = deviation * std::sqrt(3.0), parent = deviation / kTruncatedDeviation;
  const double limit = initializer.shape == Shape::kUniform ? uniform : initializer.shape == Shape::kTruncated ? 2 * parent : 6 * deviation;
  // Folded batch norm and rounding to int8 move the largest by less than this.
  if (weights.largest > limit * 1.006) return 0;
  const double tail = numerics::normal_cdf(-2);
  const auto cdf = [&](double x) {
    switch (initializer.shape) {
      case Shape::kUniform: return std::clamp((x / uniform + 1) / 2, 0.0, 1.0);
      case Shape::kNormal: return numerics::normal_cdf(x / deviation);
      case Shape::kTruncated: return std::clamp((numerics::normal_cdf(x / parent) - tail) / (1 - 2 * tail), 0.0, 1.0);
    }
    return 0.0;
  };
  double distance = numerics::kolmogorov_distance(weights.sorted, cdf);
  // Steps of 1/127 of the largest weight, each of which holds up to 1/254 of a uniform distribution on either side.
  if (weights.integers) distance = std::max(0.0, distance - 1.0 / 254);
  return numerics::kolmogorov_p(distance, weights.sorted.size());
}

std::optional<Weights> weights_of(const graph::Subgraph& graph, const Layer& layer) {
  const auto values = graph::constant_values(graph, layer.kernel);
  if (!values || values->empty()) return std::nullopt;
  Weights weights;
  weights.integers = graph.tensors[static_cast<size_t>(layer.kernel)].quantization.present();
  const size_t step = (values->size() + kMostWeights - 1) / kMostWeights;
  for (size_t i = 0; i < values->size(); i += step) weights.sorted.push_back((*values)[i]);
  for (float w : *values) {
    if (!std::isfinite(w)) return std::nullopt;
    weights.largest = std::max(weights.largest, std::abs(static_cast<double>(w)));
  }
  std::sort(weights.sorted.begin(), weights.sorted.end());
  return weights;
}

/// Training moves every bias; a fresh one is zero, or in PyTorch within ±1/√fan_in as the weights are.
bool bias_fresh(const graph::Subgraph& graph, const Layer& layer, const std::string& initializer) {
  if (layer.bias < 0) return true;
  const auto bias = graph::constant_values(graph, layer.bias);
  if (!bias) return false;
  const double limit = initializer == "PyTorch's default" ? 1 / std::sqrt(static_cast<double>(layer.fan_in)) : 0;
  return std::all_of(bias->begin(), bias->end(), [&](float b) { return std::abs(b) <= limit * 1.006; });
}

/// The initializer that the layer's weights still look drawn from.
std::optional<std::string> drawn_from(const graph::Subgraph& graph, const Layer& layer) {
  const auto weights = weights_of(graph, layer);
  if (!weights) return std::nullopt;
  std::optional<std::string> best;
  double best_p = kLeastP;
  for (const Initializer& initializer : initializers(layer)) {
    const double p = fit(*weights, initializer);
    if (p < best_p || !bias_fresh(graph, layer, initializer.name)) continue;
    best = initializer.name;
    best_p = p;
  }
  return best;
}

/// Rows for words: Keras draws them uniform in ±0.05, PyTorch normal, transformers from a small normal.
bool fresh_table(const graph::Subgraph& graph, int tensor) {
  const auto weights = weights_of(graph, Layer{.kernel = tensor});
  constexpr Initializer kTables[] = {{"uniform", 0.05 * 0.05 / 3, Shape::kUniform}, {"normal", 1, Shape::kNormal}, {"normal", 0.02 * 0.02, Shape::kNormal}, {"normal", 0.02 * 0.02, Shape::kTruncated}};
  return weights && std::any_of(std::begin(kTables), std::end(kTables), [&](const Initializer& one) { return fit(*weights, one) >= kLeastP; });
}

/// Constant tables of real numbers that the input's integers choose rows of.
std::vector<int> tables_of(const graph::Subgraph& graph) {
  std::vector<int> tables;
  for (const graph::Node& node : graph.nodes) {
    const bool gathers = node.op == schema::BuiltinOperator_GATHER, looks_up = node.op == schema::BuiltinOperator_EMBEDDING_LOOKUP;
    if (node.custom() || !(gathers || looks_up) || node.inputs.size() < 2) continue;
    const int table = node.inputs[gathers ? 0 : 1];
    if (table < 0 || graph.tensors[static_cast<size_t>(table)].shape.size() != 2 || !graph::constant_values(graph, table)) continue;
    if (std::find(tables.begin(), tables.end(), table) == tables.end()) tables.push_back(table);
  }
  return tables;
}

size_t count_of(const graph::Subgraph& graph, int tensor) {
  size_t count = 1;
  for (int32_t d : graph.tensors[static_cast<size_t>(tensor)].shape) count *= static_cast<size_t>(d);
  return count;
}

struct Census {
  size_t fresh = 0, all = 0, largest = 0;  // weights of layers
  int fresh_layers = 0, layers = 0;
  std::optional<std::string> head;  // initializer of the last layer, where that is fresh
  size_t head_weights = 0;
  bool head_bias = false;
  int first_node = -1, head_node = -1;
  std::string initializer;
  bool tables_fresh = true;
  size_t tables = 0;  // weights in tables
};

/// `outputs`: what is read; layers that serve others are not counted.
Census take_census(const graph::Subgraph& graph, const std::vector<int>& outputs) {
  Census census;
  const std::vector<bool> serves = graph::nodes_before(graph, outputs);
  for (const Layer& layer : graph::layers(graph)) {
    if (!serves[static_cast<size_t>(layer.node)]) continue;
    const size_t count = count_of(graph, layer.kernel);
    const auto drawn = drawn_from(graph, layer);
    ++census.layers;
    census.all += count;
    census.head = drawn;
    census.head_node = layer.node;
    census.head_weights = count;
    census.head_bias = layer.bias >= 0;
    if (!drawn) continue;
    if (census.first_node < 0) census.first_node = layer.node;
    if (count > census.largest) census.initializer = *drawn;  // the more weights, the surer is which
    census.largest = std::max(census.largest, count);
    census.fresh += count;
    ++census.fresh_layers;
  }
  for (int table : tables_of(graph)) {
    census.tables += count_of(graph, table);
    census.tables_fresh = census.tables_fresh && fresh_table(graph, table);
  }
  return census;
}

/// Other constants that training moves (embeddings, recurrent kernels): where they are most of the model, its layers alone say little.
size_t other_weights(const graph::Subgraph& graph) {
  size_t count = 0;
  for (const graph::Tensor& tensor : graph.tensors)
    if (tensor.constant && tensor.dtype != DType::kInt32 && tensor.dtype != DType::kInt64) count += tensor.data.size() / std::max<size_t>(1, dtype_size(tensor.dtype));
  size_t layers = 0;
  for (const Layer& layer : graph::layers(graph)) layers += count_of(graph, layer.kernel);
  for (int table : tables_of(graph)) layers += count_of(graph, table);
  return count > layers ? count - layers : 0;
}

/// Rows of a recurrent kernel, all gates below each other.
struct Recurrent {
  const graph::Node* node = nullptr;
  std::vector<float> rows;
  size_t columns = 0;
};

/// Kernels that read a state: of fused LSTMs, and square blocks of fully connected layers in the body of a loop.
std::vector<Recurrent> recurrent_kernels(const graph::Model& model) {
  std::vector<Recurrent> found;
  for (const graph::Subgraph& graph : model.subgraphs)
    for (const graph::Node& node : graph.nodes) {
      const bool lstm = !node.custom() && (node.op == schema::BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_LSTM || node.op == schema::BuiltinOperator_LSTM) && node.inputs.size() > 8;
      const bool dense = !node.custom() && node.op == schema::BuiltinOperator_FULLY_CONNECTED && &graph != &model.main() && node.inputs.size() > 1;
      std::vector<int> tensors;
      if (lstm) tensors = {node.inputs[5], node.inputs[6], node.inputs[7], node.inputs[8]};
      if (dense) tensors = {node.inputs[1]};
      Recurrent kernel{&node, {}, 0};
      for (int tensor : tensors) {
        const auto values = tensor >= 0 ? graph::constant_values(graph, tensor) : std::nullopt;
        if (!values || graph.tensors[static_cast<size_t>(tensor)].shape.size() != 2) continue;
        kernel.rows.insert(kernel.rows.end(), values->begin(), values->end());
        kernel.columns = static_cast<size_t>(graph.tensors[static_cast<size_t>(tensor)].shape[1]);
      }
      const bool square_blocks = kernel.columns >= kLeastState && kernel.columns <= kMostState && kernel.rows.size() % (kernel.columns * kernel.columns) == 0;
      if (square_blocks && !kernel.rows.empty()) found.push_back(std::move(kernel));
    }
  return found;
}

/// Orthogonal, as Keras draws recurrent kernels: no step of training leaves that as it is.
bool is_orthogonal(const Recurrent& kernel) {
  const size_t n = kernel.columns;
  for (size_t a = 0; a < n; ++a)
    for (size_t b = a; b < n; ++b) {
      double product = 0;
      for (size_t row = 0; row < kernel.rows.size(); row += n) product += static_cast<double>(kernel.rows[row + a]) * kernel.rows[row + b];
      if (!(std::abs(product - (a == b)) <= kOrthogonal)) return false;
    }
  return true;
}

/// What a census says, and how sure that is.
struct Verdict {
  std::string what;
  int node = -1;
  bool certain = false;  // everything is as drawn, so that some answers may be right by accident
};

std::optional<Verdict> verdict_of(const evidence::Case& a_case, bool chance) {
  const graph::Subgraph& graph = a_case.model->main();
  const Census census = take_census(graph, a_case.binding ? std::vector<int>{a_case.binding->output_tensor.index} : graph.outputs);
  const bool whole = census.head && census.layers > 0 && census.fresh_layers == census.layers && census.tables_fresh && census.fresh + census.tables >= 3 * kTellingWeights &&
                     4 * other_weights(graph) < census.all + census.tables;
  if (whole)
    return Verdict{fmt::format("All {} layers ({} weights) still look as {} draws them, and no bias has moved: the model was never trained, or its weights "
                               "were not loaded before it was converted.", census.layers, census.fresh + census.tables, census.initializer), census.first_node, true};
  const auto kernels = recurrent_kernels(*a_case.model);
  const auto fresh = std::find_if(kernels.begin(), kernels.end(), &is_orthogonal);
  if (fresh != kernels.end() && (chance || census.head))
    return Verdict{fmt::format("The recurrent kernel of {} is still orthogonal, as its initializer draws it: no training leaves it so. The model was never trained, or its "
                               "weights were not loaded before it was converted.", fresh->node->label()), census.head_node, false};
  const bool head = census.head && census.head_weights >= kTellingWeights && (census.head_bias || census.head_weights >= (chance ? kTellingAtChance : kTellingAlone));
  if (!head) return std::nullopt;
  return Verdict{fmt::format("The last layer, {}, still looks as {} draws it ({} weights), and no bias of it has moved: it was never trained, or its weights "
                             "were not loaded before the model was converted.", graph.nodes[static_cast<size_t>(census.head_node)].label(), *census.head, census.head_weights), census.head_node, false};
}

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  if (!a_case.model) return;
  const bool chance = evidence::at_chance(a_case);
  const auto& value = a_case.symptom.evaluation.scored.value;
  // Random features with a trained head do their work; what measures well is no fault.
  const bool measured = a_case.labelled() && value;
  if (measured && *value >= kDoesWell) return;
  const auto verdict = verdict_of(a_case, chance);
  if (!verdict || (measured && !chance && !verdict->certain)) return;
  // Models without an app are often made for a test of a converter, and nobody wants answers of them.
  const Severity severity = measured ? Severity::kError : a_case.binding ? Severity::kWarning : Severity::kNote;
  evidence::Finding finding = finding_of(rule, severity, evidence::Proof::kFile, verdict->what + " Load the checkpoint and convert again; nothing in the app can mend this.");
  finding.confidence = chance ? 0.98 : 0.9;
  finding.where = {.stage = "model", .pointer = "/model", .node = verdict->node};
  findings.push_back(std::move(finding));
}

}  // namespace

extern constinit const Rule unit_untrained_weights{
    .code = "M005",
    .name = "untrained-weights",
    .summary = "the weights are still an initializer's draw",
    .documentation = R"(## What it finds
Layers whose weights are distributed exactly as an initializer draws them (uniform or normal, with the limits of Glorot, He,
LeCun or PyTorch for the layer's fan-in and fan-out) and whose biases have not moved: all layers and tables of word vectors, or
the head. Recurrent kernels that are still orthogonal.

## Why it hurts
The model answers at random, whatever the app does.

## Evidence
Kolmogorov's test of each layer's weights against each initializer, and the largest weight against its limit. Trained weights
pass the limit at once. Where truth is at hand the app must answer no better than chance.

## Example
A model that was built and converted without `load_weights`; a new head on a pretrained backbone that nobody fitted.

## Fix safety
There is no patch: train, or load the checkpoint before converting.

## When to ignore it
Frozen random features (reservoirs, random projections) under a trained head are left alone, and so are models that measure well.
)",
    .look = &look,
};

}  // namespace whyzero::rules
