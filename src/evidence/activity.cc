#include "evidence/activity.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "evidence/rectified.h"

namespace whyzero::evidence {
namespace {

struct Firing final : runtime::Observer {
  struct Unit {
    size_t fires = 0, seen = 0;
  };
  std::map<int, std::vector<Unit>> layers;  // by node

  void node_end(int subgraph, const graph::Node& node, std::span<ops::Tensor* const> outputs) override {
    if (subgraph != 0 || outputs.empty() || !outputs[0]->info || !rectifies(node)) return;
    const ops::Tensor& tensor = *outputs[0];
    const auto& zero_points = tensor.info->quantization.zero_points;
    const int64_t zero = zero_points.empty() ? 0 : zero_points[0];
    switch (tensor.dtype) {
      case DType::kFloat32: return count(node.index, tensor, tensor.as<float>(), 0);
      case DType::kInt8: return count(node.index, tensor, tensor.as<int8_t>(), zero);
      case DType::kUInt8: return count(node.index, tensor, tensor.as<uint8_t>(), zero);
      case DType::kInt16: return count(node.index, tensor, tensor.as<int16_t>(), zero);
      default: return;
    }
  }

 private:
  template <typename T>
  void count(int node, const ops::Tensor& tensor, const T* x, int64_t zero) {
    if (tensor.rank() < 2 || tensor.elements() == 0) return;
    std::vector<Unit>& units = layers[node];
    units.resize(static_cast<size_t>(tensor.shape.back()));
    for (size_t i = 0; i < tensor.elements(); i += units.size())
      for (size_t c = 0; c < units.size(); ++c) units[c].fires += x[i + c] > static_cast<T>(zero);
    for (Unit& unit : units) unit.seen += tensor.elements() / units.size();
  }
};

std::map<int, std::vector<Firing::Unit>> summed(const std::vector<Firing>& samples) {
  std::map<int, std::vector<Firing::Unit>> layers;
  for (const Firing& sample : samples)
    for (const auto& [node, seen] : sample.layers) {
      std::vector<Firing::Unit>& units = layers[node];
      units.resize(std::max(units.size(), seen.size()));
      for (size_t c = 0; c < seen.size(); ++c) {
        units[c].fires += seen[c].fires;
        units[c].seen += seen[c].seen;
      }
    }
  return layers;
}

double entropy(const Firing::Unit& unit) {
  const double p = static_cast<double>(unit.fires) / static_cast<double>(unit.seen);
  return p > 0 && p < 1 ? -p * std::log2(p) - (1 - p) * std::log2(1 - p) : 0;
}

}  // namespace

std::optional<double> activity(const Case& a_case, const nlohmann::json& document) {
  const std::vector<Firing> samples = watch<Firing>(a_case, document);
  const auto layers = summed(samples);
  if (samples.size() < kTellingSamples || layers.empty()) return std::nullopt;
  double sum = 0;
  for (const auto& [node, units] : layers) {
    double of_layer = 0;
    for (const Firing::Unit& unit : units) of_layer += entropy(unit);
    sum += of_layer / static_cast<double>(units.size());
  }
  return sum / static_cast<double>(layers.size());
}

}  // namespace whyzero::evidence
