// What the parts of the reader share: the file, the graph under construction, the defects and the limits.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "graph/lists.h"
#include "tflite_schema_generated.h"

namespace whyzero::graph {

struct Place {
  int subgraph = -1, tensor = -1, node = -1;
};

class ReadContext {
 public:
  ReadContext(std::span<const uint8_t> bytes, const schema::Model& file, Model& model, std::vector<Defect>& defects)
      : bytes(bytes), file(file), model(model), budget_(4 * bytes.size() + 65536), defects_(defects) {}

  const std::span<const uint8_t> bytes;
  const schema::Model& file;  // verified
  Model& model;

  /// A contradiction that leaves no usable model.
  void contradiction(Place place, const std::string& what);
  /// A contradiction in something the graph can do without; the caller leaves it out.
  void blemish(Place place, const std::string& what);
  void truncated(Place place, const std::string& what);
  bool usable() const { return usable_; }

  /// Copies a vector. Vectors may be shared by many tables, so that a small file could describe endless memory: what is
  /// copied in all is limited by the size of the file.
  template <class Out, class In>
  bool copy(const flatbuffers::Vector<In>* from, std::vector<Out>& to) {
    if (!from) return true;
    if (!spend(from->size())) return false;
    to.reserve(from->size());
    for (flatbuffers::uoffset_t i = 0; i < from->size(); ++i) to.push_back(static_cast<Out>(element(*from, i)));
    return true;
  }
  std::string text(const flatbuffers::String* from) { return from && spend(from->size()) ? from->str() : std::string(); }

  /// The bytes of a buffer of the model; empty where it has none. The index is checked, and 0 … buffers-1.
  std::span<const uint8_t> buffer(uint32_t index) const { return buffers_[index]; }
  size_t buffer_count() const { return buffers_.size(); }
  bool read_buffers();
  /// A range given by offset and size from the beginning of the file, outside the flatbuffer.
  bool range(Place place, const std::string& of, uint64_t offset, uint64_t size, std::span<const uint8_t>& out);

 private:
  bool spend(size_t elements);
  void add(const char* code, Place place, std::string message);

  size_t budget_;
  bool usable_ = true;
  std::vector<Defect>& defects_;
  std::vector<std::span<const uint8_t>> buffers_;
};

bool read_tensor(ReadContext& context, int subgraph, const schema::Tensor& from, Tensor& to);
bool read_node(ReadContext& context, int subgraph, const schema::Operator& from, Node& to);
/// Enumerations in the node's options and references to other subgraphs.
void check_options(ReadContext& context, int subgraph, const Node& node);
/// Every tensor is written once, before it is read, by a node, the caller or the file.
void check_order(ReadContext& context, int subgraph);
/// Nodes that run subgraphs: they exist, take and give what is passed, and none ends up in itself.
void check_calls(ReadContext& context);
/// Empty where the sparse constant agrees with itself, its shape and its data; otherwise what does not.
std::string check_sparsity(const Tensor& tensor);
/// Empty where the bytes are a valid string tensor of `elements` strings; otherwise what is wrong.
std::string check_strings(std::span<const uint8_t> data, size_t elements);

}  // namespace whyzero::graph
