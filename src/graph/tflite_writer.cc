// Each edit of a patch, in place where the file has the field and by appending a new table or vector where it has not.
#include "graph/tflite_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "graph/file_edit.h"
#include "graph/tflite_reader.h"

namespace whyzero::graph {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;
using flatbuffers::uoffset_t;

template <class T>
Offset<flatbuffers::Vector<T>> copy_vector(FlatBufferBuilder& f, const flatbuffers::Vector<T>* from) {
  return from ? f.CreateVector(from->data(), from->size()) : Offset<flatbuffers::Vector<T>>();
}

Offset<schema::QuantizationParameters> new_quantization(FlatBufferBuilder& f, const SetQuantization& edit,
                                                        const schema::QuantizationParameters* old) {
  const auto min = copy_vector(f, old ? old->min() : nullptr), max = copy_vector(f, old ? old->max() : nullptr);
  const auto scales = f.CreateVector(edit.scales);
  const auto zero_points = f.CreateVector(edit.zero_points);
  return schema::CreateQuantizationParameters(f, min, max, scales, zero_points, schema::QuantizationDetails_NONE, 0, edit.axis);
}

/// Whether the table holds offsets to vectors or strings, which a copy elsewhere would break.
bool has_references(int options_type, const void* table) {
  if (options_type == schema::BuiltinOptions_FullyConnectedOptions)
    return static_cast<const schema::FullyConnectedOptions*>(table)->quant_spec() != nullptr;
  constexpr std::array kTypes = {schema::BuiltinOptions_ConcatEmbeddingsOptions, schema::BuiltinOptions_ReshapeOptions,
                                 schema::BuiltinOptions_SqueezeOptions, schema::BuiltinOptions_VarHandleOptions,
                                 schema::BuiltinOptions_BucketizeOptions};
  return std::ranges::find(kTypes, options_type) != kTypes.end();
}

class Writer {
 public:
  explicit Writer(const std::vector<uint8_t>& bytes) : file_(bytes) {}

  Result<void> operator()(const SetQuantization& edit) {
    WHYZERO_ASSIGN(const schema::Tensor* tensor, find_tensor(edit.subgraph, edit.tensor));
    if (edit.scales.empty() || edit.scales.size() != edit.zero_points.size())
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("tensor #{}: {} scales and {} zero points; give one each, or one each a channel", edit.tensor,
                              edit.scales.size(), edit.zero_points.size()));
    const schema::QuantizationParameters* old = tensor->quantization();
    if (old && old->details_type() != schema::QuantizationDetails_NONE)
      return fail(ErrorCode::kUnsupported,
                  fmt::format("tensor #{} is quantized in blocks; its scales are in another tensor", edit.tensor));
    const size_t field = field_position(file_.bytes(), tensor, schema::Tensor::VT_QUANTIZATION);
    if (overwrite_quantization(*tensor, edit)) return {};
    FlatBufferBuilder f;
    if (field == 0) return replace_tensor(edit.subgraph, edit.tensor, f, new_quantization(f, edit, nullptr), tensor->type());
    f.Finish(new_quantization(f, edit, old));
    file_.redirect(field, file_.append_table(f));
    return {};
  }

  Result<void> operator()(const SetData& edit) {
    WHYZERO_ASSIGN(const schema::Tensor* tensor, find_tensor(edit.subgraph, edit.tensor));
    if (tensor->sparsity())
      return fail(ErrorCode::kUnsupported, fmt::format("tensor #{} is stored sparse; its data cannot be replaced", edit.tensor));
    if (tensor->is_variable())
      return fail(ErrorCode::kInvalidArgument, fmt::format("tensor #{} is a variable; it has no constant data", edit.tensor));
    uint32_t buffer = tensor->buffer();
    if (users(buffer) > 1) {
      const auto spare = take_spare_buffer();
      if (!spare || !set_scalar(file_.bytes(), tensor, schema::Tensor::VT_BUFFER, *spare))
        return fail(
            ErrorCode::kUnsupported,
            fmt::format("tensor #{} shares buffer {} with others, and the file has no spare buffer", edit.tensor, buffer));
      buffer = *spare;
    }
    return set_buffer(buffer, edit.bytes);
  }

  Result<void> operator()(const SetType& edit) {
    WHYZERO_ASSIGN(const schema::Tensor* tensor, find_tensor(edit.subgraph, edit.tensor));
    if (edit.shape) {
      const size_t field = field_position(file_.bytes(), tensor, schema::Tensor::VT_SHAPE);
      if (field == 0)
        return fail(ErrorCode::kUnsupported,
                    fmt::format("tensor #{} has no shape in the file that could be changed", edit.tensor));
      const size_t signature = field_position(file_.bytes(), tensor, schema::Tensor::VT_SHAPE_SIGNATURE);
      file_.redirect(field, file_.append_vector(*edit.shape));
      // A signature promises the shape with -1 for what may vary; one that no longer agrees would be believed.
      if (signature != 0) file_.redirect(signature, file_.append_vector(*edit.shape));
      WHYZERO_ASSIGN(tensor, find_tensor(edit.subgraph, edit.tensor));
    }
    if (!edit.dtype) return {};
    const auto type = static_cast<schema::TensorType>(*edit.dtype);
    if (tensor->type() == type || set_scalar(file_.bytes(), tensor, schema::Tensor::VT_TYPE, type)) return {};
    FlatBufferBuilder f;
    const schema::QuantizationParameters* old = tensor->quantization();
    if (old && old->details_type() != schema::QuantizationDetails_NONE)
      return fail(ErrorCode::kUnsupported,
                  fmt::format("tensor #{} is quantized in blocks; its type cannot be changed", edit.tensor));
    Offset<schema::QuantizationParameters> quantization;
    if (old) {
      const auto min = copy_vector(f, old->min()), max = copy_vector(f, old->max()), scale = copy_vector(f, old->scale());
      const auto zero_point = copy_vector(f, old->zero_point());
      quantization = schema::CreateQuantizationParameters(f, min, max, scale, zero_point, schema::QuantizationDetails_NONE, 0,
                                                          old->quantized_dimension());
    }
    return replace_tensor(edit.subgraph, edit.tensor, f, quantization, type);
  }

  Result<void> operator()(const SetOption& edit) {
    WHYZERO_ASSIGN(const schema::Operator* node, find_node(edit.subgraph, edit.node));
    if (edit.options_type == 0 || node->builtin_options_type() != edit.options_type || !node->builtin_options())
      return fail(ErrorCode::kUnsupported, fmt::format("node #{} has options of type {}, the edit is for type {}", edit.node,
                                                       int{node->builtin_options_type()}, edit.options_type));
    if (edit.field < 4 || edit.field % 2 != 0 || edit.field > 4 + 2 * 64)
      return fail(ErrorCode::kInvalidArgument, fmt::format("{} is not a field of an options table", edit.field));
    const auto* table = static_cast<const flatbuffers::Table*>(node->builtin_options());
    return std::visit([&](auto value) { return set_option(*node, *table, edit, value); }, edit.value);
  }

  Result<void> operator()(const SetInput& edit) {
    WHYZERO_ASSIGN(const schema::Operator* node, find_node(edit.subgraph, edit.node));
    if (edit.tensor >= 0) WHYZERO_TRY(find_tensor(edit.subgraph, edit.tensor));
    if (!node->inputs() || edit.input >= node->inputs()->size())
      return fail(ErrorCode::kInvalidArgument, fmt::format("node #{} has no input {}", edit.node, edit.input));
    const auto* inputs = node->inputs();
    for (const schema::SubGraph* graph : *file_.model().subgraphs()) {
      for (uoffset_t i = 0; graph->operators() && i < graph->operators()->size(); ++i) {
        const schema::Operator* other = graph->operators()->Get(i);
        if (other == node || other->inputs() != inputs) continue;
        std::vector<int32_t> own(inputs->begin(), inputs->end());
        own[edit.input] = edit.tensor;
        const size_t field = field_position(file_.bytes(), node, schema::Operator::VT_INPUTS);
        file_.redirect(field, file_.append_vector(own));
        return {};
      }
    }
    put(inputs, edit.input, edit.tensor);
    return {};
  }

  Result<void> operator()(const RemoveNode& edit) {
    WHYZERO_ASSIGN(const schema::Operator* node, find_node(edit.subgraph, edit.node));
    if (!node->outputs() || node->outputs()->size() != 1 || !node->inputs() || edit.keep >= node->inputs()->size())
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("node #{} can be taken out only if it has one output and an input {}", edit.node, edit.keep));
    const int32_t from = node->outputs()->Get(0), to = node->inputs()->Get(static_cast<uoffset_t>(edit.keep));
    const schema::SubGraph& graph = *file_.model().subgraphs()->Get(static_cast<uoffset_t>(edit.subgraph));
    if (to < 0 ||
        graph.tensors()->Get(static_cast<uoffset_t>(from))->type() != graph.tensors()->Get(static_cast<uoffset_t>(to))->type())
      return fail(
          ErrorCode::kInvalidArgument,
          fmt::format("node #{} cannot be taken out: its input {} has another type than its output", edit.node, edit.keep));
    for (const schema::Operator* reader : *graph.operators()) rewire(reader->inputs(), from, to);
    rewire(graph.outputs(), from, to);
    if (const auto* signatures = file_.model().signature_defs())
      for (const schema::SignatureDef* signature : *signatures)
        if (signature->subgraph_index() == static_cast<uint32_t>(edit.subgraph) && signature->outputs())
          for (const schema::TensorMap* entry : *signature->outputs())
            if (entry->tensor_index() == static_cast<uint32_t>(from))
              set_scalar(file_.bytes(), entry, schema::TensorMap::VT_TENSOR_INDEX, static_cast<uint32_t>(to));
    erase(graph.operators(), static_cast<size_t>(edit.node));
    return {};
  }

  Result<void> operator()(const SetOutputs& edit) {
    for (int tensor : edit.tensors) WHYZERO_TRY(find_tensor(edit.subgraph, tensor));
    const auto* graphs = file_.model().subgraphs();
    if (edit.subgraph < 0 || static_cast<uoffset_t>(edit.subgraph) >= graphs->size())
      return fail(ErrorCode::kInvalidArgument, fmt::format("there is no subgraph {}", edit.subgraph));
    const schema::SubGraph* graph = graphs->Get(static_cast<uoffset_t>(edit.subgraph));
    const size_t field = field_position(file_.bytes(), graph, schema::SubGraph::VT_OUTPUTS);
    if (field == 0)
      return fail(ErrorCode::kUnsupported, fmt::format("subgraph {} has no list of outputs that could be changed", edit.subgraph));
    if (const auto* signatures = file_.model().signature_defs())
      flatbuffers::WriteScalar(file_.bytes().data() + file_.position(signatures), uoffset_t{0});
    file_.redirect(field, file_.append_vector(edit.tensors));
    return {};
  }

  Result<void> operator()(const SetMetadata& edit) {
    if (const auto* list = file_.model().metadata())
      for (const schema::Metadata* entry : *list)
        if (entry->name() && entry->name()->string_view() == edit.name) return set_buffer(entry->buffer(), edit.bytes);
    return add_metadata(edit);
  }

  Result<std::vector<uint8_t>> finish() && { return std::move(file_).finish(); }

 private:
  Result<const schema::Tensor*> find_tensor(int subgraph, int tensor) const {
    const auto* graphs = file_.model().subgraphs();
    if (subgraph < 0 || static_cast<uoffset_t>(subgraph) >= graphs->size())
      return fail(ErrorCode::kInvalidArgument, fmt::format("there is no subgraph {}", subgraph));
    const auto* tensors = graphs->Get(static_cast<uoffset_t>(subgraph))->tensors();
    if (tensor < 0 || static_cast<uoffset_t>(tensor) >= tensors->size())
      return fail(ErrorCode::kInvalidArgument, fmt::format("subgraph {} has no tensor {}", subgraph, tensor));
    return tensors->Get(static_cast<uoffset_t>(tensor));
  }

  Result<const schema::Operator*> find_node(int subgraph, int node) const {
    const auto* graphs = file_.model().subgraphs();
    if (subgraph < 0 || static_cast<uoffset_t>(subgraph) >= graphs->size())
      return fail(ErrorCode::kInvalidArgument, fmt::format("there is no subgraph {}", subgraph));
    const auto* nodes = graphs->Get(static_cast<uoffset_t>(subgraph))->operators();
    if (!nodes || node < 0 || static_cast<uoffset_t>(node) >= nodes->size())
      return fail(ErrorCode::kInvalidArgument, fmt::format("subgraph {} has no node {}", subgraph, node));
    return nodes->Get(static_cast<uoffset_t>(node));
  }

  template <class T>
  void put(const flatbuffers::Vector<T>* vector, size_t index, T value) {
    flatbuffers::WriteScalar(file_.bytes().data() + file_.position(vector->Data()) + index * sizeof(T), value);
  }

  void rewire(const flatbuffers::Vector<int32_t>* tensors, int32_t from, int32_t to) {
    for (uoffset_t i = 0; tensors && i < tensors->size(); ++i)
      if (tensors->Get(i) == from) put(tensors, i, to);
  }

  /// Offsets count from where they stand, so each that moves up by one place grows by its size.
  template <class T>
  void erase(const flatbuffers::Vector<Offset<T>>* tables, size_t index) {
    uint8_t* data = file_.bytes().data() + file_.position(tables->Data());
    const size_t count = tables->size();
    for (size_t i = index; i + 1 < count; ++i) {
      const auto next = flatbuffers::ReadScalar<uoffset_t>(data + 4 * (i + 1));
      flatbuffers::WriteScalar(data + 4 * i, static_cast<uoffset_t>(next + 4));
    }
    flatbuffers::WriteScalar(data - 4, static_cast<uoffset_t>(count - 1));
  }

  /// Only where as many numbers are there and no other tensor uses the same table.
  bool overwrite_quantization(const schema::Tensor& tensor, const SetQuantization& edit) {
    const schema::QuantizationParameters* old = tensor.quantization();
    if (!old || !old->scale() || !old->zero_point() || old->scale()->size() != edit.scales.size() ||
        old->zero_point()->size() != edit.zero_points.size())
      return false;
    int users = 0;
    for (const schema::SubGraph* graph : *file_.model().subgraphs())
      for (const schema::Tensor* other : *graph->tensors())
        users += other->quantization() &&
                 (other->quantization()->scale() == old->scale() || other->quantization()->zero_point() == old->zero_point());
    if (users != 1) return false;
    if (old->quantized_dimension() != edit.axis &&
        !set_scalar(file_.bytes(), old, schema::QuantizationParameters::VT_QUANTIZED_DIMENSION, edit.axis))
      return false;
    for (size_t i = 0; i < edit.scales.size(); ++i) put(old->scale(), i, edit.scales[i]);
    for (size_t i = 0; i < edit.zero_points.size(); ++i) put(old->zero_point(), i, edit.zero_points[i]);
    return true;
  }

  /// A tensor table that lacks a field is written anew behind the file. `f` already holds its quantization.
  Result<void> replace_tensor(int subgraph, int index, FlatBufferBuilder& f, Offset<schema::QuantizationParameters> quantization,
                              schema::TensorType type) {
    const auto* tensors = file_.model().subgraphs()->Get(static_cast<uoffset_t>(subgraph))->tensors();
    const schema::Tensor& old = *tensors->Get(static_cast<uoffset_t>(index));
    const auto* vtable = reinterpret_cast<const flatbuffers::Table*>(&old)->GetVTable();
    const size_t known = schema::Tensor::VT_EXTERNAL_BUFFER + sizeof(uint16_t);
    if (old.sparsity() || old.variant_tensors() || flatbuffers::ReadScalar<uint16_t>(vtable) > known)
      return fail(ErrorCode::kUnsupported,
                  fmt::format("tensor #{} is sparse, a variant or of a newer format; it cannot be written anew", index));
    const auto shape = copy_vector(f, old.shape()), signature = copy_vector(f, old.shape_signature());
    const auto name = old.name() ? f.CreateString(old.name()->c_str(), old.name()->size()) : Offset<flatbuffers::String>();
    f.Finish(schema::CreateTensor(f, shape, type, old.buffer(), name, quantization, old.is_variable(), 0, signature,
                                  old.has_rank(), 0, old.external_buffer()));
    const size_t at = file_.position(tensors->Data()) + 4 * static_cast<size_t>(index);
    file_.redirect(at, file_.append_table(f));
    return {};
  }

  template <class V>
  Result<void> set_option(const schema::Operator& node, const flatbuffers::Table& table, const SetOption& edit, V value) {
    if (set_scalar(file_.bytes(), &table, edit.field, value)) return {};
    if (has_references(edit.options_type, &table))
      return fail(ErrorCode::kUnsupported,
                  fmt::format("node #{}: the file leaves this option at its default and has no room for it", edit.node));
    std::array<uint8_t, sizeof(V)> bytes;
    std::memcpy(bytes.data(), &value, sizeof(V));
    const size_t field = field_position(file_.bytes(), &node, schema::Operator::VT_BUILTIN_OPTIONS);
    WHYZERO_ASSIGN(const size_t copy, file_.append_table_with(file_.position(&table), edit.field, bytes));
    file_.redirect(field, copy);
    return {};
  }

  /// Tensors and metadata entries that lie in a buffer.
  size_t users(uint32_t buffer) const {
    size_t count = 0;
    for (const schema::SubGraph* graph : *file_.model().subgraphs())
      for (const schema::Tensor* tensor : *graph->tensors()) count += tensor->buffer() == buffer;
    if (file_.model().metadata())
      for (const schema::Metadata* entry : *file_.model().metadata()) count += entry->buffer() == buffer;
    return count + (buffer == 0);  // 0 stands for "no data" and is nobody's own
  }

  bool is_empty(uint32_t buffer) const {
    const schema::Buffer& b = *file_.model().buffers()->Get(buffer);
    return b.offset() <= 1 && (!b.data() || b.data()->size() == 0);
  }

  /// An empty buffer that nobody needs: converters give each tensor that is computed one of its own, though 0 would do.
  std::optional<uint32_t> take_spare_buffer() {
    const uint32_t count = file_.model().buffers()->size();
    for (uint32_t i = 1; i < count; ++i)
      if (is_empty(i) && users(i) == 0) return i;
    if (count == 0 || !is_empty(0)) return std::nullopt;
    for (const schema::SubGraph* graph : *file_.model().subgraphs()) {
      for (const schema::Tensor* tensor : *graph->tensors()) {
        const uint32_t buffer = tensor->buffer();
        if (buffer == 0 || !is_empty(buffer) || users(buffer) != 1) continue;
        if (set_scalar(file_.bytes(), tensor, schema::Tensor::VT_BUFFER, uint32_t{0})) return buffer;
      }
    }
    return std::nullopt;
  }

  Result<void> set_buffer(uint32_t index, const std::vector<uint8_t>& data) {
    const auto* buffers = file_.model().buffers();
    const schema::Buffer& old = *buffers->Get(index);
    if (old.offset() > 1) {  // bytes behind the flatbuffer
      if (old.size() == data.size()) {
        std::ranges::copy(data, file_.bytes().begin() + static_cast<ptrdiff_t>(old.offset()));
        return {};
      }
    } else if (old.data() && old.data()->size() == data.size() && !shares_bytes(index)) {
      std::ranges::copy(data, file_.bytes().begin() + static_cast<ptrdiff_t>(file_.position(old.data()->data())));
      return {};
    }
    FlatBufferBuilder f(data.size() + 64);
    f.ForceVectorAlignment(data.size(), 1, 16);
    f.Finish(schema::CreateBuffer(f, f.CreateVector(data)));
    const size_t at = file_.position(buffers->Data()) + 4 * static_cast<size_t>(index);
    file_.redirect(at, file_.append_table(f));
    return {};
  }

  /// Whether another buffer is the same table or holds the same bytes.
  bool shares_bytes(uint32_t index) const {
    const auto* buffers = file_.model().buffers();
    const auto* data = buffers->Get(index)->data();
    for (uint32_t i = 0; i < buffers->size(); ++i)
      if (i != index && buffers->Get(i)->data() == data) return true;
    return false;
  }

  Result<void> add_metadata(const SetMetadata& edit) {
    const size_t field = field_position(file_.bytes(), &file_.model(), schema::Model::VT_METADATA);
    const auto spare = field ? take_spare_buffer() : std::nullopt;
    if (!spare)
      return fail(ErrorCode::kUnsupported,
                  fmt::format("metadata \"{}\" cannot be added: the file has no list of metadata or no spare buffer", edit.name));
    FlatBufferBuilder f;
    std::vector<Offset<schema::Metadata>> entries;
    if (const auto* list = file_.model().metadata())
      for (const schema::Metadata* entry : *list)
        entries.push_back(
            schema::CreateMetadata(f, f.CreateString(entry->name() ? entry->name()->str() : std::string()), entry->buffer()));
    entries.push_back(schema::CreateMetadata(f, f.CreateString(edit.name), *spare));
    const auto list = f.CreateVector(entries);
    // A model table that holds only this list serves as its envelope.
    f.Finish(schema::CreateModel(f, 0, 0, 0, 0, 0, 0, list));
    const size_t envelope = file_.append_table(f);
    const auto* inside = flatbuffers::GetRoot<schema::Model>(f.GetBufferPointer())->metadata();
    const auto* root = reinterpret_cast<const uint8_t*>(flatbuffers::GetRoot<schema::Model>(f.GetBufferPointer()));
    file_.redirect(field, envelope + static_cast<size_t>(reinterpret_cast<const uint8_t*>(inside) - root));
    return set_buffer(*spare, edit.bytes);
  }

  FileEdit file_;
};

}  // namespace

Result<std::vector<uint8_t>> apply_patch(const Model& model, const GraphPatch& patch) {
  if (patch.empty()) return *model.bytes;
  Writer writer(*model.bytes);
  for (const GraphEdit& edit : patch)
    if (auto done = std::visit(writer, edit); !done) return fail(std::move(done).error(), describe(edit, model));
  return std::move(writer).finish();
}

Result<std::shared_ptr<const Model>> patched(const Model& model, const GraphPatch& patch) {
  WHYZERO_ASSIGN(std::vector<uint8_t> bytes, apply_patch(model, patch));
  Reading reading = read_tflite(std::make_shared<const std::vector<uint8_t>>(std::move(bytes)));
  if (!reading.model)
    return fail(ErrorCode::kMalformed, "the patched model contradicts itself: " +
                                           (reading.defects.empty() ? std::string() : reading.defects[0].message));
  return std::move(reading.model);
}

}  // namespace whyzero::graph
