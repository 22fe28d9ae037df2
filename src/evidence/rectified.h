// What the ReLU layers of a model do on what an app feeds.
#pragma once

#include <cstddef>
#include <functional>
#include <nlohmann/json.hpp>
#include <vector>

#include "evidence/case.h"
#include "graph/graph.h"
#include "runtime/interpreter.h"

namespace whyzero::evidence {

/// Samples that tell what units do, and the fewest that do.
inline constexpr size_t kWatchedSamples = 40, kTellingSamples = 16;

/// ReLU and ReLU6, alone or fused into a convolution or a dense layer.
bool rectifies(const graph::Node& node);

/// Runs up to `count` first samples of an app document on all cores; `observer(k)` watches the k-th. By sample whether it ran; nothing
/// where the app or the model cannot.
std::vector<bool> run_first_samples(const Case& a_case, const nlohmann::json& document, size_t count, const std::function<runtime::Observer&(size_t)>& observer);

/// What a fresh Observer saw of each of the first samples that ran, in their order: what is summed up does not depend on the threads.
template <class Observer>
std::vector<Observer> watch(const Case& a_case, const nlohmann::json& document) {
  std::vector<Observer> all(kWatchedSamples), seen;
  const std::vector<bool> ran = run_first_samples(a_case, document, all.size(), [&](size_t k) -> runtime::Observer& { return all[k]; });
  for (size_t k = 0; k < ran.size(); ++k)
    if (ran[k]) seen.push_back(std::move(all[k]));
  return seen;
}

}  // namespace whyzero::evidence
