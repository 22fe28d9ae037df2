// The nodes of a graph that multiply with trained weights, and constants as the real numbers they stand for.
#pragma once

#include <optional>
#include <vector>

#include "graph/graph.h"

namespace whyzero::graph {

/// A convolution or a fully connected node with a constant kernel.
struct Layer {
  int node = 0;
  int kernel = 0, bias = -1;  // tensors as the node reads them; -1: none
  int input = 0, output = 0;
  int units = 0;              // channels of the output
  bool units_last = false;    // the kernel's units are its last dimension, not its first
  int fan_in = 0, fan_out = 0;  // as initializers count them
};

/// In the order in which they run.
std::vector<Layer> layers(const Subgraph& graph);

/// By node: whether any of these tensors depends on it.
std::vector<bool> nodes_before(const Subgraph& graph, const std::vector<int>& tensors);

/// The index of the DEQUANTIZE node that only turns a constant into floats, or -1: the constant itself is its input.
int unpacking_node(const Subgraph& graph, int tensor);

/// Values of a constant, or of one that a DEQUANTIZE node unpacks: float32, float16, or integers with parameters. Nothing for others.
std::optional<std::vector<float>> constant_values(const Subgraph& graph, int tensor);

}  // namespace whyzero::graph
