#include "evidence/dead_units.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "evidence/rectified.h"

namespace whyzero::evidence {
namespace {

constexpr int kTellingUnits = 8;
/// Of a layer's units; trained layers of usual width have fewer.
constexpr double kManyDead = 0.4;
/// Of the units that are alive, in that layer and in the first: numbers that are too quiet leave all units at their biases, and deep
/// layers amplify what little is left.
constexpr double kMostFollow = 0.5;
/// Deviation of a unit's mean over the samples, in parts of it.
constexpr double kFollows = 0.1;

/// Of every unit the sum over the positions of one sample: 0 where it does not fire.
struct Watch final : runtime::Observer {
  struct Layer {
    int tensor = -1;
    std::vector<double> units;
  };
  std::map<int, Layer> layers;  // by node

  void node_end(int subgraph, const graph::Node& node, std::span<ops::Tensor* const> outputs) override {
    if (subgraph != 0 || outputs.empty() || !outputs[0]->info || !rectifies(node)) return;
    const ops::Tensor& tensor = *outputs[0];
    if (tensor.dtype != DType::kFloat32 || tensor.rank() < 2 || tensor.elements() == 0) return;
    const auto channels = static_cast<size_t>(tensor.shape.back());
    Layer& layer = layers[node.index];
    layer.tensor = tensor.info->index;
    layer.units.assign(channels, 0);
    const float* x = tensor.as<float>();
    for (size_t i = 0; i < tensor.elements(); i += channels)
      for (size_t c = 0; c < channels; ++c) layer.units[c] += std::max(x[i + c], 0.0f);
  }
};

struct Unit {
  bool fires = false;
  double sum = 0, squares = 0;
};

struct Layer {
  int tensor = -1;
  std::vector<Unit> units;
};

std::map<int, Layer> summed(const std::vector<Watch>& samples) {
  std::map<int, Layer> layers;
  for (const Watch& sample : samples)
    for (const auto& [node, seen] : sample.layers) {
      Layer& layer = layers[node];
      layer.tensor = seen.tensor;
      layer.units.resize(seen.units.size());
      for (size_t c = 0; c < seen.units.size(); ++c) {
        Unit& unit = layer.units[c];
        unit.fires |= seen.units[c] != 0;
        unit.sum += seen.units[c];
        unit.squares += seen.units[c] * seen.units[c];
      }
    }
  return layers;
}

/// Ranges of a quantized model that are too wide silence units as well; these are looked at as such.
bool has_float_layers(const graph::Subgraph& graph) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(), [&](const graph::Node& node) {
    return rectifies(node) && !node.outputs.empty() && node.outputs[0] >= 0 && graph.tensors[static_cast<size_t>(node.outputs[0])].dtype == DType::kFloat32;
  });
}

DeadUnits count(int node, const Layer& layer, int samples) {
  DeadUnits found{node, layer.tensor, static_cast<int>(layer.units.size()), 0, 0, samples};
  for (const Unit& unit : layer.units) {
    found.dead += !unit.fires;
    const double mean = unit.sum / samples, deviation = std::sqrt(std::max(0.0, unit.squares / samples - mean * mean));
    found.follow += unit.fires && deviation > kFollows * mean;
  }
  return found;
}

bool most_follow(const DeadUnits& units) { return units.follow >= kMostFollow * (units.units - units.dead); }

}  // namespace

std::optional<DeadUnits> find_dead_units(const Case& a_case, const nlohmann::json& document) {
  if (!a_case.model || !has_float_layers(a_case.model->main())) return std::nullopt;
  const std::vector<Watch> samples = watch<Watch>(a_case, document);
  if (samples.size() < kTellingSamples) return std::nullopt;
  std::optional<DeadUnits> most;
  std::optional<bool> heard;
  for (const auto& [node, layer] : summed(samples)) {
    const DeadUnits found = count(node, layer, static_cast<int>(samples.size()));
    if (!heard) heard = most_follow(found);
    if (found.units < kTellingUnits) continue;
    if (!most || double(found.dead) / found.units > double(most->dead) / most->units) most = found;
  }
  if (most) most->heard = *heard;
  return most;
}

bool died_in_training(const DeadUnits& units) {
  return units.heard && units.dead < units.units && units.dead >= kManyDead * units.units && most_follow(units);
}

}  // namespace whyzero::evidence
