// Faults of a well-formed model that can be told without running it.
#pragma once

#include <vector>

#include "graph/graph.h"

namespace whyzero::graph {

/// M001 and M002 (quantization parameters missing or impossible), M003 (NaN or infinity in constants), F003 (sizes that no
/// runtime can index).
std::vector<Defect> validate(const Model& model);

// Its parts, a subgraph each.
void validate_quantization(const Model& model, int subgraph, std::vector<Defect>& defects);
void validate_sizes(const Model& model, int subgraph, std::vector<Defect>& defects);
void validate_constants(const Model& model, int subgraph, std::vector<Defect>& defects);

}  // namespace whyzero::graph
