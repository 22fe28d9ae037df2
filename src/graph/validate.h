// Faults of a well-formed model that can be told without running it.
#pragma once

#include <vector>

#include "graph/graph.h"

namespace whyzero::graph {

/// M001 and M002 (quantization parameters missing or impossible), M003 (NaN or infinity in constants).
std::vector<Defect> validate(const Model& model);

}  // namespace whyzero::graph
