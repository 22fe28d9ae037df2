// What the ReLU layers of a model do on what an app feeds.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>

#include "evidence/case.h"
#include "graph/graph.h"
#include "runtime/interpreter.h"

namespace whyzero::evidence {

/// Samples that tell what units do, and the fewest that do.
inline constexpr size_t kWatchedSamples = 40, kTellingSamples = 16;

/// ReLU and ReLU6, alone or fused into a convolution or a dense layer.
bool rectifies(const graph::Node& node);

/// Runs the first samples of an app document under the observer. How many ran; 0 where the app or the model cannot.
int watch(const Case& a_case, const nlohmann::json& document, runtime::Observer& observer);

}  // namespace whyzero::evidence
