// Makes small models in code, as real file bytes: for tests, examples and repairs that add nodes.
//
//   ModelBuilder b;
//   int x = b.input("x", DType::kFloat32, {1, 4});
//   int w = b.constant<float>("w", {2, 4}, {1, 2, 3, 4, 5, 6, 7, 8});
//   int y = b.tensor("y", DType::kFloat32, {1, 2});
//   b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, w}, {y}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
//   b.output(y);
//   std::shared_ptr<const Model> model = b.build();
//
// Nothing is checked here, so that broken models can be built as well: build() goes through the reader.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "graph/graph.h"
#include "graph/tflite_reader.h"
#include "tflite_schema_generated.h"

namespace whyzero::graph {

/// One scale and zero point for the whole tensor.
Quantization quantized(float scale, int64_t zero_point = 0);
/// One scale a channel along `axis`, zero points 0.
Quantization per_channel(std::vector<float> scales, int32_t axis);

/// The element type that stores T.
template <class T>
constexpr DType dtype_of() {
  if constexpr (std::is_same_v<T, float>) return DType::kFloat32;
  if constexpr (std::is_same_v<T, double>) return DType::kFloat64;
  if constexpr (std::is_same_v<T, int8_t>) return DType::kInt8;
  if constexpr (std::is_same_v<T, uint8_t>) return DType::kUInt8;
  if constexpr (std::is_same_v<T, int16_t>) return DType::kInt16;
  if constexpr (std::is_same_v<T, uint16_t>) return DType::kUInt16;
  if constexpr (std::is_same_v<T, int32_t>) return DType::kInt32;
  if constexpr (std::is_same_v<T, uint32_t>) return DType::kUInt32;
  if constexpr (std::is_same_v<T, int64_t>) return DType::kInt64;
  if constexpr (std::is_same_v<T, uint64_t>) return DType::kUInt64;
  if constexpr (std::is_same_v<T, bool>) return DType::kBool;
}

class ModelBuilder {
 public:
  using OptionsWriter = std::function<flatbuffers::Offset<void>(flatbuffers::FlatBufferBuilder&)>;

  ModelBuilder();

  // Tensors of the current subgraph. All return the tensor's index.
  int tensor(std::string name, DType dtype, std::vector<int32_t> shape, Quantization quantization = {});
  int input(std::string name, DType dtype, std::vector<int32_t> shape, Quantization quantization = {});
  int variable(std::string name, DType dtype, std::vector<int32_t> shape, Quantization quantization = {});
  /// Bytes as the file stores them: int4 two to a byte, strings in TensorFlow Lite's string format.
  int constant_bytes(std::string name, DType dtype, std::vector<int32_t> shape, std::vector<uint8_t> bytes,
                     Quantization quantization = {});
  int strings(std::string name, std::vector<int32_t> shape, const std::vector<std::string>& values);
  template <class T>
  int constant(std::string name, std::vector<int32_t> shape, const std::vector<T>& values, Quantization quantization = {}) {
    std::vector<uint8_t> bytes(values.size() * sizeof(T));
    if constexpr (std::is_same_v<T, bool>) {
      for (size_t i = 0; i < values.size(); ++i) bytes[i] = values[i];
    } else if (!bytes.empty()) {
      std::memcpy(bytes.data(), values.data(), bytes.size());
    }
    return constant_bytes(std::move(name), dtype_of<T>(), std::move(shape), std::move(bytes), std::move(quantization));
  }
  void output(int tensor);
  void set_inputs(std::vector<int> tensors);
  void set_outputs(std::vector<int> tensors);
  void shape_signature(int tensor, std::vector<int32_t> signature);
  void buffer(int tensor, uint32_t buffer);  // shares or breaks the tensor's buffer
  /// Sparse parameters of a constant whose bytes are the values that are there.
  void sparsity(int tensor,
                std::function<flatbuffers::Offset<schema::SparsityParameters>(flatbuffers::FlatBufferBuilder&)> writer);

  /// Appends a node and returns its index. `make` gets the FlatBufferBuilder and returns the offset of an options table.
  template <class F>
  requires std::is_invocable_v<F, flatbuffers::FlatBufferBuilder&>
  int node(schema::BuiltinOperator op, std::vector<int> inputs, std::vector<int> outputs, F make, int version = 1) {
    NewNode added = new_node(op, std::move(inputs), std::move(outputs), version);
    set_type(added.node, std::invoke_result_t<F, flatbuffers::FlatBufferBuilder&>());
    added.options = [make = std::move(make)](flatbuffers::FlatBufferBuilder& f) { return make(f).Union(); };
    return add_node(std::move(added));
  }
  int node(schema::BuiltinOperator op, std::vector<int> inputs, std::vector<int> outputs, int version = 1);
  /// Operator, version and kinds of options are those of `from`; `options` writes the table, or the bytes of a custom operator.
  int node_like(const Node& from, std::vector<int> inputs, std::vector<int> outputs, OptionsWriter options);
  /// The same with a table whose type is known only while running.
  int node(schema::BuiltinOperator op, std::vector<int> inputs, std::vector<int> outputs, int version,
           schema::BuiltinOptions options_type, OptionsWriter make);
  int custom(std::string name, std::vector<int> inputs, std::vector<int> outputs, std::vector<uint8_t> options = {});

  /// Adds a subgraph and makes it the current one; 0 is there from the start.
  int subgraph(std::string name);
  void select(int subgraph);

  void signature(std::string key, std::vector<SignatureEntry> inputs, std::vector<SignatureEntry> outputs, int subgraph = 0);
  void metadata(std::string name, std::vector<uint8_t> bytes);
  void description(std::string text) { description_ = std::move(text); }
  void version(uint32_t version) { version_ = version; }
  /// Constants behind the flatbuffer, reached by offset and size, as large models keep them.
  void data_behind() { data_behind_ = true; }

  /// The file. The builder stays as it is and may be changed and asked again.
  std::vector<uint8_t> bytes() const;
  Reading read() const;
  /// Null where the reader finds a fault; read() tells which.
  std::shared_ptr<const Model> build() const;

 private:
  struct NewTensor {
    Tensor tensor;
    std::function<flatbuffers::Offset<schema::SparsityParameters>(flatbuffers::FlatBufferBuilder&)> sparsity;
  };
  struct NewNode {
    Node node;
    OptionsWriter options;
  };
  struct NewSubgraph {
    std::string name;
    std::vector<NewTensor> tensors;
    std::vector<NewNode> nodes;
    std::vector<int> inputs, outputs;
  };
  struct NewMetadata {
    std::string name;
    uint32_t buffer;
  };

  flatbuffers::Offset<schema::Tensor> write(flatbuffers::FlatBufferBuilder& f, const NewTensor& from) const;
  flatbuffers::Offset<schema::Operator> write(flatbuffers::FlatBufferBuilder& f, const NewNode& from, uint32_t code) const;
  template <class T>
  static void set_type(Node& node, flatbuffers::Offset<T>) {
    node.options_type = schema::BuiltinOptionsTraits<T>::enum_value;
    node.options2_type = schema::BuiltinOptions2Traits<T>::enum_value;
  }
  static NewNode new_node(schema::BuiltinOperator op, std::vector<int> inputs, std::vector<int> outputs, int version);
  int add_node(NewNode node);
  NewTensor& at(int tensor);

  std::vector<NewSubgraph> subgraphs_;
  size_t current_ = 0;
  std::vector<std::vector<uint8_t>> buffers_;
  std::vector<Signature> signatures_;
  std::vector<NewMetadata> metadata_;
  std::string description_;
  uint32_t version_ = 3;
  bool data_behind_ = false;
};

}  // namespace whyzero::graph
