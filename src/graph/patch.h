// A change of a model as a value. Who proposes it need not know how it is written (tflite_writer.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "graph/graph.h"
#include "whyzero/dtype.h"

namespace whyzero::graph {

/// Gives a tensor scales and zero points (as many), along `axis` where there are several.
struct SetQuantization {
  int subgraph = 0, tensor = 0;
  std::vector<float> scales;
  std::vector<int64_t> zero_points;
  int32_t axis = 0;
};

/// Replaces a constant's bytes, as the file stores them. Other tensors that share its buffer keep the old ones.
struct SetData {
  int subgraph = 0, tensor = 0;
  std::vector<uint8_t> bytes;
};

/// Changes what a tensor is said to be. A constant's bytes must fit: put SetData into the same patch.
struct SetType {
  int subgraph = 0, tensor = 0;
  std::optional<DType> dtype;
  std::optional<std::vector<int32_t>> shape;
};

/// A scalar of a node's options. `field` is the schema's VT_ constant of the table `options_type`, and the value has the
/// field's own width: {0, 3, schema::BuiltinOptions_Conv2DOptions, schema::Conv2DOptions::VT_STRIDE_W, int32_t{2}}.
struct SetOption {
  int subgraph = 0, node = 0;
  int options_type = 0;  // member of union BuiltinOptions
  uint16_t field = 0;
  std::variant<bool, int8_t, int32_t, int64_t, float> value;
};

/// Lets a node read another tensor.
struct SetInput {
  int subgraph = 0, node = 0;
  size_t input = 0;
  int tensor = 0;
};

/// Takes out a node with one output; whoever read that reads the node's input number `keep` instead. Later nodes move up.
struct RemoveNode {
  int subgraph = 0, node = 0;
  size_t keep = 0;
};

/// Makes these tensors the outputs of a subgraph. The file's signatures go, because they name outputs that may be gone; without
/// them runtimes take the inputs and outputs of the main graph as they stand.
struct SetOutputs {
  int subgraph = 0;
  std::vector<int> tensors;
};

/// Replaces a metadata entry of that name, or adds one.
struct SetMetadata {
  std::string name;
  std::vector<uint8_t> bytes;
};

using GraphEdit = std::variant<SetQuantization, SetData, SetType, SetOption, SetInput, RemoveNode, SetOutputs, SetMetadata>;
/// Applied in order; indices are those that hold when the edit's turn comes.
using GraphPatch = std::vector<GraphEdit>;

/// What the edit does, for people: "tensor #3 "w": scale 0.5, zero point 0".
std::string describe(const GraphEdit& edit, const Model& model);

}  // namespace whyzero::graph
