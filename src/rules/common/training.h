// What training leaves in a graph that was exported in the wrong mode: random numbers and statistics of the batch.
#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"
#include "graph/patch.h"

namespace whyzero::rules {

/// Random numbers meet what was computed from the input.
struct RandomNode {
  int node = 0;              // that draws
  int merge = 0;             // where they meet
  bool mask = false;         // by way of a comparison: dropout
  std::vector<graph::RemoveNode> mend;  // takes the merge out, and the scale that made up for what was dropped
};
/// By `merge`.
std::vector<RandomNode> random_nodes(const graph::Subgraph& graph);

/// Nodes that normalize by mean and deviation over the batch axis.
std::vector<int> batch_statistics(const graph::Subgraph& graph);

}  // namespace whyzero::rules
