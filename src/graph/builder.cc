// Writes the description that a ModelBuilder holds as a flatbuffer.
#include "graph/builder.h"

#include <algorithm>
#include <string_view>
#include <tuple>

#include "graph/flatbuffer_edit.h"

namespace whyzero::graph {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

namespace {

constexpr size_t kDataAlignment = 16;

template <class T>
Offset<flatbuffers::Vector<T>> vector_of(FlatBufferBuilder& f, const std::vector<T>& values) {
  return values.empty() ? Offset<flatbuffers::Vector<T>>() : f.CreateVector(values);
}

Offset<flatbuffers::Vector<uint8_t>> data_of(FlatBufferBuilder& f, const std::vector<uint8_t>& bytes) {
  if (bytes.empty()) return {};
  f.ForceVectorAlignment(bytes.size(), 1, kDataAlignment);
  return f.CreateVector(bytes);
}

std::vector<Offset<schema::TensorMap>> tensor_maps(FlatBufferBuilder& f, const std::vector<SignatureEntry>& entries) {
  std::vector<Offset<schema::TensorMap>> out;
  for (const SignatureEntry& entry : entries)
    out.push_back(schema::CreateTensorMap(f, f.CreateString(entry.name), static_cast<uint32_t>(entry.tensor)));
  return out;
}

}  // namespace

Quantization quantized(float scale, int64_t zero_point) {
  Quantization out;
  out.scales = {scale};
  out.zero_points = {zero_point};
  return out;
}

Quantization per_channel(std::vector<float> scales, int32_t axis) {
  Quantization out;
  out.zero_points.assign(scales.size(), 0);
  out.scales = std::move(scales);
  out.axis = axis;
  return out;
}

ModelBuilder::ModelBuilder() : subgraphs_(1), buffers_(1) { subgraphs_[0].name = "main"; }

ModelBuilder::NewTensor& ModelBuilder::at(int tensor) { return subgraphs_[current_].tensors[static_cast<size_t>(tensor)]; }

int ModelBuilder::tensor(std::string name, DType dtype, std::vector<int32_t> shape, Quantization quantization) {
  Tensor added;
  added.index = static_cast<int>(subgraphs_[current_].tensors.size());
  added.name = std::move(name);
  added.dtype = dtype;
  added.shape = std::move(shape);
  added.quantization = std::move(quantization);
  subgraphs_[current_].tensors.push_back({std::move(added), nullptr});
  return static_cast<int>(subgraphs_[current_].tensors.size()) - 1;
}

int ModelBuilder::input(std::string name, DType dtype, std::vector<int32_t> shape, Quantization quantization) {
  const int added = tensor(std::move(name), dtype, std::move(shape), std::move(quantization));
  subgraphs_[current_].inputs.push_back(added);
  return added;
}

int ModelBuilder::variable(std::string name, DType dtype, std::vector<int32_t> shape, Quantization quantization) {
  const int added = tensor(std::move(name), dtype, std::move(shape), std::move(quantization));
  at(added).tensor.variable = true;
  return added;
}

int ModelBuilder::constant_bytes(std::string name, DType dtype, std::vector<int32_t> shape, std::vector<uint8_t> bytes,
                                 Quantization quantization) {
  const int added = tensor(std::move(name), dtype, std::move(shape), std::move(quantization));
  at(added).tensor.buffer = static_cast<uint32_t>(buffers_.size());
  buffers_.push_back(std::move(bytes));
  return added;
}

int ModelBuilder::strings(std::string name, std::vector<int32_t> shape, const std::vector<std::string>& values) {
  std::vector<int32_t> words{static_cast<int32_t>(values.size())};
  auto offset = static_cast<int32_t>(4 * (values.size() + 2));
  for (const std::string& value : values) {
    words.push_back(offset);
    offset += static_cast<int32_t>(value.size());
  }
  words.push_back(offset);
  std::vector<uint8_t> bytes(4 * words.size());
  std::memcpy(bytes.data(), words.data(), bytes.size());
  for (const std::string& value : values) bytes.insert(bytes.end(), value.begin(), value.end());
  return constant_bytes(std::move(name), DType::kString, std::move(shape), std::move(bytes));
}

void ModelBuilder::output(int tensor) { subgraphs_[current_].outputs.push_back(tensor); }
void ModelBuilder::set_inputs(std::vector<int> tensors) { subgraphs_[current_].inputs = std::move(tensors); }
void ModelBuilder::set_outputs(std::vector<int> tensors) { subgraphs_[current_].outputs = std::move(tensors); }
void ModelBuilder::shape_signature(int tensor, std::vector<int32_t> signature) {
  at(tensor).tensor.shape_signature = std::move(signature);
}
void ModelBuilder::buffer(int tensor, uint32_t buffer) { at(tensor).tensor.buffer = buffer; }

void ModelBuilder::sparsity(int tensor, std::function<Offset<schema::SparsityParameters>(FlatBufferBuilder&)> writer) {
  at(tensor).sparsity = std::move(writer);
}

ModelBuilder::NewNode ModelBuilder::new_node(schema::BuiltinOperator op, std::vector<int> inputs, std::vector<int> outputs,
                                             int version) {
  NewNode added;
  added.node.op = op;
  added.node.version = version;
  added.node.inputs = std::move(inputs);
  added.node.outputs = std::move(outputs);
  return added;
}

int ModelBuilder::add_node(NewNode node) {
  subgraphs_[current_].nodes.push_back(std::move(node));
  return static_cast<int>(subgraphs_[current_].nodes.size()) - 1;
}

int ModelBuilder::node(schema::BuiltinOperator op, std::vector<int> inputs, std::vector<int> outputs, int version) {
  return add_node(new_node(op, std::move(inputs), std::move(outputs), version));
}

int ModelBuilder::node_like(const Node& from, std::vector<int> inputs, std::vector<int> outputs, OptionsWriter options) {
  NewNode added = new_node(static_cast<schema::BuiltinOperator>(from.op), std::move(inputs), std::move(outputs), from.version);
  added.node.custom_code = from.custom_code;
  added.node.options_type = from.options_type;
  added.node.options2_type = from.options2_type;
  added.options = std::move(options);
  return add_node(std::move(added));
}

int ModelBuilder::node(schema::BuiltinOperator op, std::vector<int> inputs, std::vector<int> outputs, int version,
                       schema::BuiltinOptions options_type, OptionsWriter make) {
  NewNode added = new_node(op, std::move(inputs), std::move(outputs), version);
  added.node.options_type = options_type;
  added.options = std::move(make);
  return add_node(std::move(added));
}

int ModelBuilder::custom(std::string name, std::vector<int> inputs, std::vector<int> outputs, std::vector<uint8_t> options) {
  NewNode added = new_node(schema::BuiltinOperator_CUSTOM, std::move(inputs), std::move(outputs), 1);
  added.node.custom_code = std::move(name);
  // The description outlives the call, so the bytes are kept in the writer of the options.
  added.options = [options = std::move(options)](FlatBufferBuilder& f) { return f.CreateVector(options).Union(); };
  return add_node(std::move(added));
}

int ModelBuilder::subgraph(std::string name) {
  current_ = subgraphs_.size();
  subgraphs_.emplace_back().name = std::move(name);
  return static_cast<int>(current_);
}

void ModelBuilder::select(int subgraph) { current_ = static_cast<size_t>(subgraph); }

void ModelBuilder::signature(std::string key, std::vector<SignatureEntry> inputs, std::vector<SignatureEntry> outputs,
                             int subgraph) {
  signatures_.push_back({std::move(key), subgraph, std::move(inputs), std::move(outputs)});
}

void ModelBuilder::metadata(std::string name, std::vector<uint8_t> bytes) {
  metadata_.push_back({std::move(name), static_cast<uint32_t>(buffers_.size())});
  buffers_.push_back(std::move(bytes));
}

Offset<schema::Tensor> ModelBuilder::write(FlatBufferBuilder& f, const NewTensor& from) const {
  const Tensor& t = from.tensor;
  const Quantization& q = t.quantization;
  Offset<schema::QuantizationParameters> quantization;
  if (q.present() || !q.min.empty() || !q.zero_points.empty() || q.blockwise) {
    const auto min = vector_of(f, q.min), max = vector_of(f, q.max), scales = vector_of(f, q.scales);
    const auto zero_points = vector_of(f, q.zero_points);
    auto details_type = schema::QuantizationDetails_NONE;
    Offset<void> details;
    if (q.blockwise) {
      details_type = schema::QuantizationDetails_BlockwiseQuantization;
      details = schema::CreateBlockwiseQuantization(f, q.scales_tensor, q.zero_points_tensor, q.block_size).Union();
    }
    quantization = schema::CreateQuantizationParameters(f, min, max, scales, zero_points, details_type, details, q.axis);
  }
  const auto sparsity = from.sparsity ? from.sparsity(f) : Offset<schema::SparsityParameters>();
  const auto shape = f.CreateVector(t.shape);
  const auto signature = vector_of(f, t.shape_signature);
  const auto name = f.CreateString(t.name);
  return schema::CreateTensor(f, shape, static_cast<schema::TensorType>(t.dtype), t.buffer, name, quantization, t.variable,
                              sparsity, signature, t.has_shape);
}

Offset<schema::Operator> ModelBuilder::write(FlatBufferBuilder& f, const NewNode& from, uint32_t code) const {
  const Node& n = from.node;
  const Offset<void> made = from.options ? from.options(f) : Offset<void>();
  const auto inputs = f.CreateVector(n.inputs), outputs = f.CreateVector(n.outputs);
  const auto type = static_cast<schema::BuiltinOptions>(n.options_type);
  const auto type2 = static_cast<schema::BuiltinOptions2>(n.options2_type);
  const Offset<void> none;
  const auto custom = n.custom() ? Offset<flatbuffers::Vector<uint8_t>>(made.o) : Offset<flatbuffers::Vector<uint8_t>>();
  return schema::CreateOperator(f, code, inputs, outputs, type, n.options_type ? made : none, custom,
                                schema::CustomOptionsFormat_FLEXBUFFERS, 0, 0, 0, 0, type2, n.options2_type ? made : none);
}

std::vector<uint8_t> ModelBuilder::bytes() const {
  FlatBufferBuilder f(4096);
  // Buffers come first, which puts them last in the file, as converters do.
  std::vector<Offset<schema::Buffer>> buffers;
  for (const auto& bytes : buffers_) {
    const bool behind = data_behind_ && !bytes.empty();
    const auto data = behind ? Offset<flatbuffers::Vector<uint8_t>>() : data_of(f, bytes);
    buffers.push_back(schema::CreateBuffer(f, data, behind ? kOffsetToCome : 0, bytes.size() * behind));
  }
  using Code = std::tuple<int32_t, std::string, int>;
  std::vector<Code> codes;
  std::vector<Offset<schema::SubGraph>> subgraphs;
  for (const NewSubgraph& subgraph : subgraphs_) {
    std::vector<Offset<schema::Tensor>> tensors;
    for (const NewTensor& tensor : subgraph.tensors) tensors.push_back(write(f, tensor));
    std::vector<Offset<schema::Operator>> nodes;
    for (const NewNode& node : subgraph.nodes) {
      const Code code{node.node.op, node.node.custom_code, node.node.version};
      auto found = std::ranges::find(codes, code);
      if (found == codes.end()) found = codes.insert(codes.end(), code);
      nodes.push_back(write(f, node, static_cast<uint32_t>(found - codes.begin())));
    }
    const auto tensor_list = f.CreateVector(tensors);
    const auto inputs = f.CreateVector(subgraph.inputs), outputs = f.CreateVector(subgraph.outputs);
    const auto node_list = f.CreateVector(nodes);
    subgraphs.push_back(schema::CreateSubGraph(f, tensor_list, inputs, outputs, node_list, f.CreateString(subgraph.name)));
  }
  std::vector<Offset<schema::OperatorCode>> code_list;
  for (const auto& [op, name, version] : codes) {
    const auto custom = name.empty() ? Offset<flatbuffers::String>() : f.CreateString(name);
    code_list.push_back(schema::CreateOperatorCode(f, static_cast<int8_t>(std::min(op, 127)), custom, version,
                                                   static_cast<schema::BuiltinOperator>(op)));
  }
  std::vector<Offset<schema::Metadata>> metadata;
  for (const NewMetadata& entry : metadata_)
    metadata.push_back(schema::CreateMetadata(f, f.CreateString(entry.name), entry.buffer));
  std::vector<Offset<schema::SignatureDef>> signatures;
  for (const Signature& signature : signatures_) {
    const auto inputs = f.CreateVector(tensor_maps(f, signature.inputs)),
               outputs = f.CreateVector(tensor_maps(f, signature.outputs));
    const auto key = f.CreateString(signature.key);
    signatures.push_back(schema::CreateSignatureDef(f, inputs, outputs, key, static_cast<uint32_t>(signature.subgraph)));
  }
  const auto codes_offset = f.CreateVector(code_list);
  const auto subgraphs_offset = f.CreateVector(subgraphs);
  const auto description = f.CreateString(description_);
  const auto buffers_offset = f.CreateVector(buffers);
  const auto metadata_offset = vector_of(f, metadata);
  const auto signatures_offset = vector_of(f, signatures);
  f.Finish(schema::CreateModel(f, version_, codes_offset, subgraphs_offset, description, buffers_offset, 0, metadata_offset,
                               signatures_offset),
           schema::ModelIdentifier());
  std::vector<uint8_t> out(f.GetBufferPointer(), f.GetBufferPointer() + f.GetSize());
  for (size_t i = 0; data_behind_ && i < buffers_.size(); ++i) {
    if (buffers_[i].empty()) continue;
    out.resize((out.size() + kDataAlignment - 1) / kDataAlignment * kDataAlignment);
    const auto* table = schema::GetModel(out.data())->buffers()->Get(static_cast<flatbuffers::uoffset_t>(i));
    set_scalar<uint64_t>(out, table, schema::Buffer::VT_OFFSET, out.size());
    out.insert(out.end(), buffers_[i].begin(), buffers_[i].end());
  }
  return out;
}

Reading ModelBuilder::read() const { return read_tflite(std::make_shared<const std::vector<uint8_t>>(bytes())); }

std::shared_ptr<const Model> ModelBuilder::build() const {
  Reading reading = read();
  return reading.defects.empty() ? reading.model : nullptr;
}

}  // namespace whyzero::graph
