// A model file as a graph: what the reader found, checked, and nothing computed. Names are TensorFlow Lite's own.
// Everything borrowed (names of tables, constant data, options) lives as long as `Model::bytes`.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "whyzero/dtype.h"

namespace whyzero::graph {

/// real = (integer - zero_point) * scale; one entry for the tensor or one a channel along `axis`.
struct Quantization {
  std::vector<float> scales;
  std::vector<int64_t> zero_points;  // as many as scales, whatever the file holds
  std::vector<float> min, max;       // ranges recorded at conversion, often empty
  int32_t axis = 0;                  // always a dimension of the tensor (0 for a scalar), whatever the file holds
  int32_t axis_in_file = 0;
  uint32_t zero_points_in_file = 0;
  bool blockwise = false;  // scales live in another tensor (`scales_tensor`), one a block of `block_size`
  int32_t scales_tensor = -1, zero_points_tensor = -1, block_size = 0;

  bool present() const { return !scales.empty(); }
  bool per_channel() const { return scales.size() > 1; }
};

struct Tensor {
  int index = 0;
  std::string name;
  DType dtype = DType::kFloat32;
  bool has_shape = true;                 // false: rank unknown until the model runs
  std::vector<int32_t> shape;            // no negative dimension; unknown ones are 1 here
  std::vector<int32_t> shape_signature;  // -1 where unknown; empty where the file has none
  Quantization quantization;
  uint32_t buffer = 0;
  std::span<const uint8_t> data;  // constant bytes in the file; empty unless `constant`
  bool constant = false;
  bool variable = false;                 // keeps its value between invocations
  bool sparse = false;                   // constant data in a sparse format: see sparse.h
  const void* sparsity_table = nullptr;  // schema::SparsityParameters, checked against shape and data; null unless sparse

  /// "#12 "conv1/Relu6"": how messages name a tensor.
  std::string label() const;
};

struct Node {
  int index = 0;
  int32_t op = 0;           // BuiltinOperator of the schema
  std::string op_name;      // "CONV_2D"; the custom code for a custom operator
  std::string custom_code;  // empty for builtin operators
  int version = 1;
  std::vector<int> inputs;  // tensor indices, -1 where an optional input is left out
  std::vector<int> outputs;
  std::vector<int> intermediates;
  int options_type = 0;  // member of union BuiltinOptions, and its table
  const void* options_table = nullptr;
  int options2_type = 0;  // member of union BuiltinOptions2, and its table
  const void* options2_table = nullptr;
  std::span<const uint8_t> custom_options;

  bool custom() const { return !custom_code.empty(); }
  /// "node #3 CONV_2D": how messages name a node.
  std::string label() const;
};

struct Subgraph {
  std::string name;
  std::vector<Tensor> tensors;
  std::vector<Node> nodes;  // in the order in which they run
  std::vector<int> inputs;
  std::vector<int> outputs;
};

struct SignatureEntry {
  std::string name;  // of the signature's argument or result
  int tensor = 0;
};

struct Signature {
  std::string key;
  int subgraph = 0;
  std::vector<SignatureEntry> inputs;
  std::vector<SignatureEntry> outputs;
};

struct Metadata {
  std::string name;
  std::span<const uint8_t> data;
};

struct Model {
  std::shared_ptr<const std::vector<uint8_t>> bytes;  // the whole file, an appended zip included
  int version = 3;
  std::string description;
  std::vector<Subgraph> subgraphs;  // [0] is the main graph
  std::vector<Signature> signatures;
  std::vector<Metadata> metadata;

  const Subgraph& main() const { return subgraphs.front(); }
};

/// A fault of the file itself, found without running it. `code` is one of the catalogue (F001, F003, M001, …).
struct Defect {
  std::string code;
  std::string message;  // what, where, expected against given, what to do next
  int subgraph = -1, tensor = -1, node = -1;
};

}  // namespace whyzero::graph
