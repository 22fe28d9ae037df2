// How much arithmetic a model is.
#pragma once

#include <cstdint>
#include <optional>

#include "graph/graph.h"

namespace whyzero::graph {

/// Multiplications with additions that one node does; nothing for operators whose work is not of that kind.
std::optional<uint64_t> macs_of(const Subgraph& graph, const Node& node);
uint64_t total_macs(const Model& model);

}  // namespace whyzero::graph
