// One node of a model as a model of its own: the smallest thing that shows what the node does.
#pragma once

#include <cstdint>
#include <vector>

#include "graph/graph.h"
#include "whyzero/result.h"

namespace whyzero::graph {

struct ExtractedNode {
  std::vector<uint8_t> bytes;  // of the new model file
  std::vector<int> inputs;     // tensors of the old main graph that became inputs, in order
  std::vector<int> outputs;
};

/// A node of the main graph with its constants, options and quantization; every other tensor that it reads becomes an input. kUnsupported
/// where it calls subgraphs, or its tensors or options are of a kind that cannot be written anew (sparse, in blocks, tables inside tables).
Result<ExtractedNode> extract_node(const Model& model, int node);

}  // namespace whyzero::graph
